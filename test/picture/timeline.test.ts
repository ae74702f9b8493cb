import fc from 'fast-check';
import type { Slot } from '../../src/chat/availability.js';
import { png } from '../../src/picture/png.js';
import { timelinePicture, timelineWords } from '../../src/picture/timeline.js';
import { anyTimeline } from '../chat/answers.js';
import { sizeOf } from './size.js';

const FROM = Date.UTC(2026, 2, 1, 12);
const timeline = (...slots: Slot[]) => ({ kind: 'timeline' as const, from: FROM, to: FROM + 86_400_000, slots });
const DAY = timeline(
  { mark: 'pass', ms: 100 },
  { mark: 'pass', ms: 120 },
  { mark: 'fail' },
  { mark: 'warn', ms: 1400 },
  { mark: 'skipped' },
  { mark: 'pass', ms: 110 },
);
const fills = (svg: string) =>
  (svg.match(/<rect[^>]*fill="#[^"]*"\/>/g) ?? []).map((rect) => /fill="(#\w+)"/.exec(rect)?.[1]);

test('shows from when to when, how often it worked, and what the signs mean', () => {
  const svg = timelinePicture(DAY);
  for (const words of [
    '>80 %<',
    '>of 5 slots worked<',
    '✘ 1 broken, the last 2026-03-01 20:00 UTC',
    '2026-03-01 12:00 UTC',
    '2026-03-02 00:00 UTC',
    '2026-03-02 12:00 UTC',
    '✔ 3 ok',
    '⚠ 1 warning',
    '✘ 1 FAILED',
    '– 1 nobody looked',
    'median 110 ms',
    'max 1.4 s',
  ])
    expect(svg).toContain(words);
});

test('a bar a slot, a sign over what is broken, and a line that breaks off where nothing answered', () => {
  const svg = timelinePicture(DAY);
  const bars = 6;
  expect(fills(svg)).toHaveLength(bars + 4);
  expect(svg.match(/>✘</g)).toHaveLength(1);
  const line = /<path d="([^"]*)"[^>]*stroke-linejoin/.exec(svg)?.[1];
  expect(line?.match(/M/g)).toHaveLength(3);
  expect(svg.match(/<circle/g)).toHaveLength(2);
});

test('without any latency there is no line', () => {
  const svg = timelinePicture(timeline({ mark: 'pass' }, { mark: 'fail' }));
  expect(svg).not.toContain('stroke-linejoin');
  expect(svg).not.toContain('median');
});

test('nobody looked', async () => {
  const svg = timelinePicture(timeline());
  expect(svg).toContain('Nobody looked');
  sizeOf(await png(svg));
});

test('in words', () => {
  expect(timelineWords(DAY)).toBe(
    '2026-03-01 12:00 UTC to 2026-03-02 12:00 UTC: worked in 80 % of 5 slots; ' +
      '1 broken, the last at 2026-03-01 20:00 UTC; 1 in which nobody looked; answered in 110 ms (median), 1.4 s at most',
  );
});

test('as PNG, at twice the size', async () => {
  expect(sizeOf(await png(timelinePicture(DAY)))).toEqual({ width: 2 * 660, height: 2 * 322 });
});

test('can always be drawn', async () => {
  await fc.assert(
    fc.asyncProperty(anyTimeline, async (any) => {
      const svg = timelinePicture(any);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      sizeOf(await png(svg));
    }),
    { numRuns: 30 },
  );
});
