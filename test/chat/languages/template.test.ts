import fc from 'fast-check';
import { fill, match, parseTemplate } from '../../../src/chat/languages/template.js';

const matched = (sentence: string, text: string) => {
  const found = match(parseTemplate(sentence), text);
  return found === undefined ? undefined : Object.fromEntries(found);
};

test('what fills the holes of a sentence', () => {
  expect(matched('{name}: {count} of {all} checks failed', 'lab: 3 of 36 checks failed')).toEqual({
    name: 'lab',
    count: '3',
    all: '36',
  });
  expect(matched('no holes', 'no holes')).toEqual({});
});

test('another sentence is none, and no hole is filled with nothing', () => {
  expect(matched('{name}: works', 'lab: fails')).toBeUndefined();
  expect(matched('You are {name}.', 'You are .')).toBeUndefined();
  expect(matched('a{x}b', 'ab')).toBeUndefined();
  expect(matched('no holes', 'no hole')).toBeUndefined();
});

test('a sentence that is filled and matched is as it was', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
      const template = parseTemplate('from {one} to {other}.');
      const text = fill(
        template,
        new Map([
          ['one', one],
          ['other', other],
        ]),
      );
      const found = match(template, text);
      expect(found).toBeDefined();
      expect(fill(template, found ?? new Map())).toBe(text);
    }),
  );
});
