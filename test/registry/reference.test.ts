import fc from 'fast-check';
import { formatReference, isDockerHub, isUnder, parseReference, type Reference } from '../../src/registry/reference.js';

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const text = (alphabet: string, minLength = 1, maxLength = 12) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

const component = fc
  .array(text(LOWER), { minLength: 1, maxLength: 3 })
  .chain((words) => fc.constantFrom('.', '_', '__', '-', '---').map((between) => words.join(between)));
const host = fc
  .tuple(
    fc.oneof(fc.constantFrom('localhost', '[::1]', '[fd00::1]', 'REGISTRY', '192.0.2.7'), fc.domain()),
    fc.option(fc.integer({ min: 1, max: 65535 })),
  )
  .map(([name, port]) => (port === null ? name : `${name}:${port}`));
const reference: fc.Arbitrary<Reference> = fc.record(
  {
    host,
    path: fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    tag: fc.tuple(text(`${LOWER}_`, 1, 1), text(`${LOWER}ABC_.-`, 0, 30)).map((parts) => parts.join('')),
    digest: text('0123456789abcdef', 64, 64).map((hex) => `sha256:${hex}`),
  },
  { requiredKeys: ['host', 'path'] },
);

describe('parseReference', () => {
  test('is the inverse of formatReference', () => {
    fc.assert(fc.property(reference, (one) => expect(parseReference(formatReference(one))).toEqual(one)));
  });

  test('loses nothing of any text that it takes, and never throws', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'aB1./:@_-[]', ' ', '\n', 'é'), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), (any) => {
        const parsed = parseReference(any);
        if (parsed !== undefined) expect(formatReference(parsed)).toBe(any);
      }),
      { numRuns: 1000 },
    );
  });

  test.each<[string, Reference]>([
    ['alpine', { path: 'alpine' }],
    ['library/alpine:3.19', { path: 'library/alpine', tag: '3.19' }],
    ['shop/api', { path: 'shop/api' }],
    ['localhost/shop', { host: 'localhost', path: 'shop' }],
    ['registry/shop/api', { path: 'registry/shop/api' }],
    ['registry.example.com:5050/shop/api:1', { host: 'registry.example.com:5050', path: 'shop/api', tag: '1' }],
    ['REGISTRY/shop', { host: 'REGISTRY', path: 'shop' }],
    ['[::1]:5050/a', { host: '[::1]:5050', path: 'a' }],
    [
      `h.example/a:1@sha256:${'a'.repeat(64)}`,
      { host: 'h.example', path: 'a', tag: '1', digest: `sha256:${'a'.repeat(64)}` },
    ],
  ])('%s', (written, parsed) => {
    expect(parseReference(written)).toEqual(parsed);
  });

  test.each([
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'shop/API',
    'shop/api:',
    'shop/api:-x',
    'a:b:c',
    'a@sha256:1',
    'a@b@c',
    'a b',
    'a-',
    '-a',
    'https://registry.example.com/shop',
    'h.example/',
    'a..b',
    'registry.example.com:port/shop',
    `a:${'x'.repeat(129)}`,
    `${'a'.repeat(1025)}`,
    'a\n',
  ])('%j is none', (written) => {
    expect(parseReference(written)).toBeUndefined();
  });
});

describe('isUnder', () => {
  test.each([
    ['shop/api', 'shop/api', true],
    ['shop/api/worker', 'Shop/API', true],
    ['shop/apiary', 'shop/api', false],
    ['shop', 'shop/api', false],
    ['other/shop/api', 'shop/api', false],
  ])('%s below %s: %s', (path, project, is) => {
    expect(isUnder({ path }, project)).toBe(is);
  });
});

test.each([
  [undefined, true],
  ['docker.io', true],
  ['index.docker.io', true],
  ['registry-1.docker.io', true],
  ['mydocker.io', false],
  ['docker.io.example.com', false],
  ['registry.example.com', false],
])('%s is Docker Hub: %s', (at, is) => {
  expect(isDockerHub({ path: 'a', ...(at === undefined ? {} : { host: at }) })).toBe(is);
});
