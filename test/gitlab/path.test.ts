import fc from 'fast-check';
import { ProjectPath, projectPathsOf } from '../../src/gitlab/path.js';

const takes = (text: string) => ProjectPath.safeParse(text).success;

test.each(['api', 'shop/api', 'shop/team/sub.group/api_v2', '.github/x', '_a/b', 'Shop/API', 'a/b-c'])('%s', (path) => {
  expect(takes(path)).toBe(true);
});

test.each([
  '',
  '/',
  'shop/',
  '/shop',
  'shop//api',
  '.',
  '..',
  '../api',
  'shop/..',
  'shop/./api',
  '-a/b',
  'a/-b',
  'shop/api.git',
  'shop/api.atom',
  'a b',
  'shop/api?x=1',
  'shop/api#x',
  'shop%2Fapi',
  'shop\\api',
  'shop/äpi',
  'shop/api\n',
  '<!channel>',
  'x'.repeat(1025),
])('%j is none', (path) => {
  expect(takes(path)).toBe(false);
});

test('what it takes stays below its place in a URL', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aB1._-/%?#\\ :@') }), (text) => {
      if (!takes(text)) return;
      expect(new URL(`https://h/api/v4/projects/${text}`).pathname).toBe(`/api/v4/projects/${text}`);
      expect(encodeURIComponent(text).replaceAll('%2F', '/')).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

describe('the projects that an image’s path may belong to', () => {
  test.each<[string, string[]]>([
    ['shop/api', ['shop/api']],
    ['shop/api/worker', ['shop/api/worker', 'shop/api']],
    ['a/b/c/d/e', ['a/b/c/d/e', 'a/b/c/d', 'a/b/c']],
    ['api', []],
    ['../../admin', []],
    ['a b/c', []],
    [Array(20).fill('a').join('/'), []],
  ])('%s', (path, projects) => {
    expect(projectPathsOf(path)).toEqual(projects);
  });

  test('are paths that GitLab’s API can be asked for, whatever the log says', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aB1._-/%?#\\ :@') }), (text) => {
        for (const path of projectPathsOf(text)) expect(takes(path)).toBe(true);
      }),
    );
  });
});
