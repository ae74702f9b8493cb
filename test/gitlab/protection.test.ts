import fc from 'fast-check';
import { levelOf, matchesRepository, matchesTag } from '../../src/gitlab/protection.js';

test.each<[string, string, boolean]>([
  ['shop/api', 'shop/api', true],
  ['shop/api', 'shop/api/worker', false],
  ['shop/api*', 'shop/api/worker', true],
  ['SHOP/*', 'shop/api', true],
  ['*/worker', 'shop/api/worker', true],
  ['*/worker', 'shop/api/worker/1', false],
  ['shop/*/rel*ase', 'shop/api/relrelease', true],
  ['*', 'anything', true],
  ['', 'shop/api', false],
  ['shop.api', 'shop/api', false],
  ['shop/%', 'shop/api', false],
])('a rule for repositories: %s and %s', (pattern, path, matches) => {
  expect(matchesRepository(pattern, path)).toBe(matches);
});

test('a star stands for anything, a letter for itself, as in a regular expression that says so', () => {
  const text = (...letters: string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 12 });
  fc.assert(
    fc.property(text('a', 'b', '/', '*'), text('a', 'b', '/'), (pattern, path) => {
      expect(matchesRepository(pattern, path)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(path));
    }),
  );
});

test.each<[string, string, boolean]>([
  ['^v\\d+', 'v1', true],
  ['v', 'rev1', true],
  ['^latest$', 'latest-1', false],
  ['v*-release', 'x-release', true],
  ['(', 'v1', false],
  ['(?=a)a', 'a', false],
  ['a'.repeat(101), 'a'.repeat(101), false],
])('a rule for tags: %s and %s', (pattern, tag, matches) => {
  expect(matchesTag(pattern, tag)).toBe(matches);
});

test('no pattern of GitLab’s length throws', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), fc.string({ maxLength: 128 }), (pattern, tag) => {
      expect([true, false]).toContain(matchesTag(pattern, tag));
    }),
  );
});

test('levels', () => {
  expect([levelOf('maintainer'), levelOf('owner'), levelOf('admin'), levelOf('developer')]).toEqual([
    40,
    50,
    60,
    undefined,
  ]);
});
