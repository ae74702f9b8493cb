import fc from 'fast-check';
import {
  availability,
  duration,
  merged,
  type Slot,
  spokenAvailability,
  type Timeline,
  utc,
} from '../../src/chat/availability.js';
import { anyTimeline } from './answers.js';

const FROM = Date.UTC(2026, 2, 1);
const HOUR = 3_600_000;

const timeline = (...slots: Slot[]): Timeline => ({
  kind: 'timeline',
  from: FROM,
  to: FROM + slots.length * HOUR,
  slots,
});
const pass: Slot = { mark: 'pass' };
const fail: Slot = { mark: 'fail' };
const skipped: Slot = { mark: 'skipped' };

describe('availability', () => {
  test('is a share of the slots that somebody looked at; a warning still works', () => {
    expect(availability(timeline(pass, skipped, { mark: 'warn' }, fail, skipped))).toEqual({
      looked: 3,
      broken: 1,
      unseen: 2,
      worked: '66.6 %',
      lastBroken: FROM + 3 * HOUR,
    });
  });

  test('is never 100 % when a slot was broken', () => {
    expect(availability(timeline(fail, ...Array<Slot>(199).fill(pass))).worked).toBe('99.5 %');
    const slots = [fail, ...Array<Slot>(100_000).fill(pass)];
    expect(availability(timeline(...slots)).worked).toBe('99.9 %');
  });

  test('knows the median and the longest answer', () => {
    expect(
      availability(timeline({ mark: 'pass', ms: 300 }, { mark: 'pass', ms: 100 }, fail, { mark: 'warn', ms: 900 })),
    ).toMatchObject({
      median: 300,
      max: 900,
    });
  });
});

describe('spokenAvailability', () => {
  test.each([
    ['all well', timeline(pass, pass), 'worked in 100 % of 2 slots; none broken'],
    [
      'broken, and a gap',
      timeline(fail, skipped),
      'worked in 0 % of 1 slot; 1 broken, the last at 2026-03-01 00:00 UTC; 1 in which nobody looked',
    ],
    ['no look', timeline(skipped, skipped), 'nobody looked'],
    ['no slot', timeline(), 'nobody looked'],
  ])('%s', (_, of, said) => {
    expect(spokenAvailability(of)).toBe(said);
  });

  test('never throws', () => {
    fc.assert(fc.property(anyTimeline, (any) => expect(spokenAvailability(any)).not.toMatch(/NaN|Infinity|undefined/)));
  });
});

describe('merged', () => {
  test('the worst mark and the longest latency win, and nobody’s look says least', () => {
    const slots: Slot[] = [
      { mark: 'pass', ms: 10 },
      { mark: 'warn', ms: 30 },
      skipped,
      pass,
      fail,
      { mark: 'pass', ms: 20 },
    ];
    expect(merged(slots, 3)).toEqual([{ mark: 'warn', ms: 30 }, pass, { mark: 'fail', ms: 20 }]);
  });

  test('gives as many as asked for at most, and hides no broken slot', () => {
    fc.assert(
      fc.property(anyTimeline, fc.integer({ min: 1, max: 100 }), ({ slots }, most) => {
        const few = merged(slots, most);
        expect(few).toHaveLength(Math.min(slots.length, most));
        for (const mark of ['fail', 'pass'] as const)
          if (slots.every((slot) => slot.mark === mark)) expect(few.every((slot) => slot.mark === mark)).toBe(true);
        expect(few.some(({ mark }) => mark === 'fail')).toBe(slots.some(({ mark }) => mark === 'fail'));
      }),
    );
  });
});

test('utc and duration', () => {
  expect(utc(FROM)).toBe('2026-03-01 00:00 UTC');
  expect(utc(Number.MAX_SAFE_INTEGER)).toBe('unknown time');
  expect([0, 12.4, 999.4, 999.6, 1449, 99_960].map(duration)).toEqual([
    '0 ms',
    '12 ms',
    '999 ms',
    '1.0 s',
    '1.4 s',
    '100 s',
  ]);
});
