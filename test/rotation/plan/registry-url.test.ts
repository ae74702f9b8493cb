import fc from 'fast-check';
import { isUrlOf, movedUrl } from '../../../src/rotation/plan/registry-url.js';

const FORMER = 'https://registry.example.com:5000';
const PRESENT = 'https://gitlab.example.com:5050';

const host = fc.tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }));
const url = fc
  .tuple(fc.constantFrom('http', 'https'), host)
  .map(([scheme, [name, port]]) => new URL(`${scheme}://${name}${port === undefined ? '' : `:${port}`}`).origin);
const path = fc.oneof(
  fc.constant(''),
  fc.stringMatching(/^[a-z0-9._-]{1,8}$/).map((words) => `/${words}`),
  fc.constantFrom('/', '/shop/api:latest', '/shop/api@sha256:0123', '/$CI_PROJECT_PATH'),
);
const scheme = fc.constantFrom('', 'http://', 'https://');

describe('an address', () => {
  test.each([
    ['registry.example.com:5000', true],
    ['https://registry.example.com:5000', true],
    ['http://registry.example.com:5000/', true],
    ['Registry.Example.com:5000/shop/api', true],
    ['registry.example.com', false],
    ['registry.example.com:50001', false],
    ['registry.example.com:5000.evil.example', false],
    ['docker://registry.example.com:5000', false],
    ['see registry.example.com:5000', false],
    ['', false],
  ])('“%s” is the registry’s: %s', (value, is) => {
    expect(isUrlOf(FORMER, value)).toBe(is);
    expect(movedUrl(value, [FORMER], PRESENT) !== undefined).toBe(is);
  });

  test('that nobody can read is none', () => {
    expect(isUrlOf(FORMER, null)).toBe(false);
  });

  test('keeps its path, and its having a scheme or not', () => {
    const moved = (value: string) => movedUrl(value, [FORMER], PRESENT);
    expect(moved('registry.example.com:5000/shop/api:1')).toBe('gitlab.example.com:5050/shop/api:1');
    expect(moved('https://registry.example.com:5000/shop')).toBe('https://gitlab.example.com:5050/shop');
    expect(movedUrl('https://registry.example.com:5000', [FORMER], 'http://plain.example')).toBe(
      'http://plain.example',
    );
  });

  test('of any registry, with any path, moves to any other, and back to what it was', () => {
    fc.assert(
      fc.property(url, url, scheme, path, (former, present, prefix, tail) => {
        const value = `${prefix}${new URL(former).host}${tail}`;
        const moved = movedUrl(value, [former], present) ?? '';
        expect(moved).toBe(`${prefix === '' ? new URL(present).host : present}${tail}`);
        expect(isUrlOf(present, moved)).toBe(true);
        const back = movedUrl(moved, [present], former);
        expect(back).toBe(`${prefix === '' ? new URL(former).host : former}${tail}`);
      }),
    );
  });

  test('of one of several former ones moves as well, and of none stays', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(url, { minLength: 1, selector: (one) => new URL(one).host }),
        path,
        (formers, tail) => {
          for (const former of formers)
            expect(movedUrl(`${new URL(former).host}${tail}`, formers, PRESENT)).toBe(
              `${new URL(PRESENT).host}${tail}`,
            );
          expect(movedUrl(`nowhere.invalid${tail}`, formers, PRESENT)).toBeUndefined();
        },
      ),
    );
  });

  test('hostile text is none, and nothing is thrown', () => {
    const hostile = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.json());
    fc.assert(
      fc.property(hostile, url, (value, former) => {
        const moved = movedUrl(value, [former], PRESENT);
        if (!value.toLowerCase().includes(new URL(former).host)) expect(moved).toBeUndefined();
      }),
    );
  });
});
