import fc from 'fast-check';
import { utc } from '../../src/chat/availability.js';
import { drawTimes, zoned } from '../../src/chat/times.js';

const AT = Date.parse('2026-03-01T12:05:00Z');

test('each time is drawn, and all else as words', () => {
  const drawn = drawTimes(
    'from 2026-03-01 12:05 UTC to 2026-03-01 13:05 UTC: ok',
    (words) => words.toUpperCase(),
    (ms) => `<${ms}>`,
  );
  expect(drawn).toBe(`FROM <${AT}> TO <${AT + 3_600_000}>: OK`);
});

test('what only looks like a time is words', () => {
  for (const text of ['2026-13-41 12:05 UTC', '2026-03-01 12:05 CET', '12026-03-01 12:05 UTCX'])
    expect(
      drawTimes(
        text,
        (words) => words,
        () => '!',
      ),
    ).toBe(text);
});

test('whatever the text, nothing of it is lost', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => utc(date.getTime())),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join(' ');
      expect(
        drawTimes(
          text,
          (words) => words,
          (_, whole) => whole,
        ),
      ).toBe(text);
    }),
  );
});

test.each([
  ['Europe/Paris', '2026-03-01 13:05 CET'],
  ['America/New_York', '2026-03-01 07:05 GMT-5'],
  ['UTC', '2026-03-01 12:05 UTC'],
  [undefined, '2026-03-01 12:05 UTC'],
  ['', '2026-03-01 12:05 UTC'],
  ['Atlantis/Capital', '2026-03-01 12:05 UTC'],
])('in %p', (zone, shown) => {
  expect(zoned(AT, zone)).toBe(shown);
});
