import fc from 'fast-check';
import { readSets } from '../../../bench/accuracy/labelled.js';
import { CAUSES } from '../../../src/diagnosis/causes/index.js';
import { LANDMARKS } from '../../../src/diagnosis/landmarks.js';
import { compilePatterns } from '../../../src/diagnosis/reading/patterns.js';
import { Reader, type Reading } from '../../../src/diagnosis/reading/reader.js';
import { WINDOW_BYTES } from '../../../src/diagnosis/reading/scan.js';

const patterns = compilePatterns(CAUSES, LANDMARKS);
const logs = readSets().flatMap((set) => set.logs.map(({ log }) => log));

const DENIED = 'denied: requested access to the resource is denied';
const NOISE = `${'npm http fetch GET 200 https://registry.npmjs.org/express 41ms'.padEnd(79)}\n`;

function read(...chunks: readonly (string | Buffer)[]): Reading {
  const reader = new Reader(patterns);
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return reader.end();
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((place, index) => bytes.subarray(sorted[index], place));
}

const places = fc.array(fc.nat(), { maxLength: 12 });

/** A log as it came, then damaged: a piece is lost, doubled or replaced by bytes of any value. */
const mutated = fc
  .tuple(fc.constantFrom(...logs), fc.nat(), fc.nat(60), fc.uint8Array({ maxLength: 40 }), fc.boolean())
  .map(([log, at, length, bytes, doubled]) => {
    const from = at % (log.length + 1);
    const lost = Buffer.from(log.slice(from, from + length));
    const rest = Buffer.from(log.slice(from + length));
    return Buffer.concat([Buffer.from(log.slice(0, from)), bytes, ...(doubled ? [lost, lost] : []), rest]);
  });

describe('a log is read the same however it is cut', () => {
  test('of random bytes, among them signals', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(`${DENIED}\n`, '$ docker push a/b\n', '\n', '\r\n', '\n$ ').map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), places, (pieces, cuts) => {
        const log = Buffer.concat(pieces);
        expect(read(...cut(log, cuts))).toEqual(read(log));
      }),
    );
  });

  test('of damaged logs', () => {
    fc.assert(
      fc.property(mutated, places, (log, cuts) => {
        expect(read(...cut(log, cuts))).toEqual(read(log));
      }),
      { numRuns: 300 },
    );
  });

  test('of logs with lines longer than any window, whose words stand anywhere in them', () => {
    const long = fc
      .tuple(fc.nat(3 * WINDOW_BYTES), fc.nat(3 * WINDOW_BYTES), fc.boolean())
      .map(([before, behind, ended]) => `${'x'.repeat(before)} ${DENIED} ${'y'.repeat(behind)}${ended ? '\n' : ''}`);
    fc.assert(
      fc.property(fc.array(long, { minLength: 1, maxLength: 3 }), places, (lines, cuts) => {
        const log = Buffer.from(`${NOISE}${lines.join('')}`);
        const reading = read(log);
        expect(read(...cut(log, cuts))).toEqual(reading);
        expect(reading.events.map(({ line }) => line)).toEqual(
          log
            .toString()
            .split('\n')
            .flatMap((text, index) => (text.includes(DENIED) ? [index + 1] : [])),
        );
        for (const { text } of reading.events) expect(text).toContain(DENIED);
      }),
      { numRuns: 40 },
    );
  });
});

describe('lines are counted exactly', () => {
  test.each([
    ['nothing', '', 0],
    ['no line end', 'a', 1],
    ['one line', 'a\n', 1],
    ['a line behind the last end', 'a\nb', 2],
    ['empty lines', '\n\n\n', 3],
    ['a line of a window', 'x'.repeat(WINDOW_BYTES), 1],
    ['a line of a window with its end', `${'x'.repeat(WINDOW_BYTES)}\n`, 1],
    ['a line of a megabyte, seen early', `${DENIED}${'x'.repeat(1_000_000)}`, 1],
    ['a line of a megabyte, and one behind it', `${'x'.repeat(1_000_000)}\n${DENIED}`, 2],
  ])('of %s', (_, log, lines) => {
    expect(read(log)).toMatchObject({ lines, bytes: log.length });
  });

  test('far into a long log, and to its end', () => {
    const log = `${NOISE.repeat(5_000)}${DENIED}\n${NOISE.repeat(5_000)}${DENIED}`;
    const { events, lines, tail } = read(log);
    expect(events.map(({ line }) => line)).toEqual([5_001, 10_002]);
    expect(lines).toBe(10_002);
    expect(tail.at(-1)).toEqual({ line: 10_002, text: DENIED });
  });
});

describe('whatever the bytes, a reading comes', () => {
  test.each(Array.from({ length: 16 }, (_, part) => [part * 16]))('of lines full of the bytes from %i on', (from) => {
    for (let byte = from; byte < from + 16; byte++) {
      const log = Buffer.concat([Buffer.alloc(3 * WINDOW_BYTES, byte), Buffer.from(`\n${DENIED}\n`)]);
      const { events, lines } = read(log);
      expect(lines).toBe(byte === 10 ? 3 * WINDOW_BYTES + 2 : 2);
      expect(events.at(-1)).toMatchObject({ line: lines, text: DENIED });
    }
  });

  test('of a megabyte of random bytes on one line', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 500, maxLength: 1_000 }), (bytes) => {
        const piece = Buffer.from(bytes.filter((byte) => byte !== 10));
        expect(read(...Array.from({ length: 1_000 }, () => piece)).lines).toBe(piece.length === 0 ? 0 : 1);
      }),
      { numRuns: 5 },
    );
  });

  test('of a flood, and its first and last lines are kept', () => {
    const { events, lines } = read(...Array.from({ length: 50 }, () => `${DENIED}\n`.repeat(1_000)));
    expect(lines).toBe(50_000);
    expect(events[0]?.line).toBe(1);
    expect(events.at(-1)?.line).toBe(50_000);
    expect(events.length).toBeLessThan(10_000);
  });
});
