import fc from 'fast-check';
import { quietUntil } from '../../src/chat/quiet-hours.js';

const PARIS = { from: '20:00', to: '07:00', zone: 'Europe/Paris' };
const until = (at: string, hours = PARIS) => {
  const ms = quietUntil(Date.parse(at), hours);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

test('at night until the morning, by the clock of the zone', () => {
  expect(until('2026-01-10T19:30:15Z')).toBe('2026-01-11T06:00:00.000Z');
  expect(until('2026-01-11T02:00:00Z')).toBe('2026-01-11T06:00:00.000Z');
});

test('by day it is not quiet; the first minute counts, the last does not', () => {
  expect(until('2026-01-10T18:59:59Z')).toBeUndefined();
  expect(until('2026-01-10T19:00:00Z')).toBeDefined();
  expect(until('2026-01-11T06:00:00Z')).toBeUndefined();
});

test('within one day, too', () => {
  const lunch = { from: '12:00', to: '14:00', zone: 'UTC' };
  expect(until('2026-01-10T13:00:00Z', lunch)).toBe('2026-01-10T14:00:00.000Z');
  expect(until('2026-01-10T15:00:00Z', lunch)).toBeUndefined();
});

test('a night in which the clocks are changed ends at the same time of the day', () => {
  expect(until('2026-03-28T22:00:00Z')).toBe('2026-03-29T05:00:00.000Z');
  expect(until('2026-10-24T22:00:00Z')).toBe('2026-10-25T06:00:00.000Z');
});

test('the end is in the future, within a day and an hour, and not quiet itself', () => {
  const clock = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hours, minutes]) => `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`);
  const zone = fc.constantFrom('UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kathmandu');
  const now = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 1, 1) });
  fc.assert(
    fc.property(clock, clock, zone, now, (from, to, where, at) => {
      fc.pre(from !== to);
      const end = quietUntil(at, { from, to, zone: where });
      if (end === undefined) return;
      expect(end).toBeGreaterThan(at);
      expect(end - at).toBeLessThanOrEqual(86_400_000);
      expect(quietUntil(end, { from, to, zone: where })).toBeUndefined();
    }),
  );
});
