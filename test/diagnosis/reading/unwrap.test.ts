import fc from 'fast-check';
import { unwrap } from '../../../src/diagnosis/reading/unwrap.js';

const numbered = (...texts: string[]) => texts.map((text, index) => ({ line: index + 1, text }));
const texts = (...lines: string[]) => unwrap(numbered(...lines)).map(({ text }) => text);

const ERROR =
  'Error response from daemon: Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com on 10.0.0.1:53: no such host';

test('a terminal cuts in the middle of words', () => {
  const cut = [ERROR.slice(0, 80), ERROR.slice(80)];
  expect(texts('$ docker pull registry.example.com/shop/api:1', ...cut)).toEqual([
    '$ docker pull registry.example.com/shop/api:1',
    ERROR,
  ]);
});

test('a mail breaks before the word that would not fit', () => {
  const words = 'failed to push registry.example.com/shop/api:1: unexpected status from POST request to';
  const rest = 'https://registry.example.com/v2/shop/api/web/blobs/uploads/: 413 Request Entity Too';
  expect(texts(words, rest, 'Large')).toEqual([`${words} ${rest} Large`]);
});

test('the joined line has the number of its first', () => {
  expect(unwrap(numbered('short', ERROR.slice(0, 80), ERROR.slice(80)))[1]?.line).toBe(2);
});

test.each([
  [
    'a command and what it printed',
    ['$ docker login -u x --password-stdin registry.example.com', 'unknown flag: --password-stdin'],
  ],
  [
    'lines of their own',
    ['The push refers to repository [registry.example.com/shop/api/web]', '5f70bf18a086: Preparing'],
  ],
  ['an error and the end of the job', [ERROR, 'ERROR: Job failed: exit code 1']],
  ['one line', [ERROR]],
  ['none', []],
])('%s stay apart', (_, lines) => {
  expect(texts(...lines)).toEqual(lines);
});

test('a log with longer lines was not broken', () => {
  expect(texts(ERROR.slice(0, 80), ERROR.slice(80), 'x'.repeat(300))).toHaveLength(3);
});

test('nothing is lost, whatever the lines are', () => {
  const line = fc.oneof(fc.string({ maxLength: 90 }), fc.constantFrom(ERROR, ERROR.slice(0, 80), '$ docker ps', ''));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const squeezed = (all: readonly string[]) => all.join('').replace(/\s/g, '');
      return squeezed(texts(...lines)) === squeezed(lines);
    }),
  );
});
