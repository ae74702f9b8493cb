import { languageOf } from '../../../src/chat/languages/language.js';

test.each([
  ['fr-FR', 'fr'],
  ['fr_CA.UTF-8', 'fr'],
  ['FR', 'fr'],
  ['en-US', 'en'],
  ['C.UTF-8', undefined],
  ['de', undefined],
  ['frisian', undefined],
  ['', undefined],
  [undefined, undefined],
])('%p is read as %p', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});
