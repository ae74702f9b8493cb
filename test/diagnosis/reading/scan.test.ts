import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import wabt from 'wabt';
import { Scanner, WINDOW_BYTES } from '../../../src/diagnosis/reading/scan.js';
import { MODULE } from '../../../src/diagnosis/reading/scan-module.js';

/** Where each line's first token ends, by a plain search. */
function searched(list: readonly string[], text: Buffer, begins: boolean): number[] {
  const lines = text.toString('latin1').toLowerCase().split('\n');
  let at = 0;
  return lines.flatMap((line, index) => {
    const before = index > 0 || begins ? '\n' : '\xff';
    const ends = list
      .map((token) => [(before + line).indexOf(token), token.length] as const)
      .filter(([place]) => place !== -1)
      .map(([place, length]) => at - 1 + place + length - 1);
    at += line.length + 1;
    return ends.length === 0 ? [] : [Math.min(...ends)];
  });
}

const lineEndsIn = (text: Buffer) => [...text].filter((byte) => byte === 10).length;

describe('the scan', () => {
  const words = fc.uniqueArray(
    fc
      .tuple(
        fc.constantFrom('', '\n'),
        fc.string({ unit: fc.constantFrom('a', 'b', '\0'), minLength: 1, maxLength: 3 }),
      )
      .map(([begin, end]) => begin + end),
    { minLength: 1, maxLength: 6 },
  );
  const bytes = fc.array(fc.constantFrom(...Buffer.from('aAbB\0x\n\n\xff', 'latin1')), { maxLength: 200 });

  test('finds the first token of each line, and no line twice', () => {
    fc.assert(
      fc.property(words, bytes, fc.boolean(), (list, text, begins) => {
        const buffer = Buffer.from(text);
        expect([...new Scanner(list).scan(buffer, begins)]).toEqual(searched(list, buffer, begins));
      }),
      { numRuns: 300 },
    );
  });

  test('counts the line ends', () => {
    const scanner = new Scanner(['a']);
    fc.assert(
      fc.property(bytes, fc.nat(200), fc.nat(200), (text, a, b) => {
        const buffer = Buffer.from(text);
        const [from, to] = [Math.min(a, b, buffer.length), Math.min(Math.max(a, b), buffer.length)];
        scanner.scan(buffer, true);
        expect(scanner.lineEnds(from, to)).toBe(lineEndsIn(buffer.subarray(from, to)));
      }),
    );
  });

  test('keeps nothing of the text before', () => {
    const scanner = new Scanner(['abc', '\nx']);
    scanner.scan(Buffer.from('abc\nabc abc\n'.repeat(100)), true);
    expect([...scanner.scan(Buffer.from('x\nab'), true)]).toEqual([0]);
    expect([...scanner.scan(Buffer.from('c'), false)]).toEqual([]);
    expect([...scanner.scan(Buffer.alloc(0), true)]).toEqual([]);
  });

  test.each([
    ['a token a byte', 'a'.repeat(WINDOW_BYTES), 1],
    ['a token a line', 'a\n'.repeat(WINDOW_BYTES / 2), WINDOW_BYTES / 2],
    ['all in the last line', `${'\n'.repeat(WINDOW_BYTES / 2)}${'a'.repeat(WINDOW_BYTES / 2)}`, 1],
  ])('has room for a full window of %s', (_, text, lines) => {
    expect(new Scanner(['a']).scan(Buffer.from(text), true)).toHaveLength(lines);
  });

  test.each(Array.from({ length: 8 }, (_, part) => [part * 32, part * 32 + 31]))(
    'takes bytes %i to %i as they are',
    (from, to) => {
      for (let byte = from; byte <= to; byte++) {
        const line = Buffer.from([byte, byte, ...Buffer.from('abc'), byte]);
        expect([...new Scanner(['abc']).scan(line, true)]).toEqual([4]);
      }
    },
  );

  test('runs what scan.wat says', async () => {
    const source = readFileSync(new URL('../../../src/diagnosis/reading/scan.wat', import.meta.url), 'utf8');
    const { buffer } = (await wabt()).parseWat('scan.wat', source, { simd: true }).toBinary({});
    // `npm run wat` writes it anew.
    expect(MODULE).toBe(Buffer.from(buffer).toString('base64'));
  });
});
