import fc from 'fast-check';
import { secondsAhead } from '../src/clock.js';

const AT = Date.UTC(2026, 0, 1, 12);

test.each([
  ['at once', 0, { from: AT, to: AT }, 0],
  ['within the same second', 0, { from: AT + 900, to: AT + 950 }, 0],
  ['by a host that took 40 s, with the right time at any instant of them', 20, { from: AT, to: AT + 40_000 }, 0],
  ['by a clock that is ahead', 300, { from: AT, to: AT }, 300],
  ['by a clock that is ahead and took 4 s: what is sure', 300, { from: AT, to: AT + 4_000 }, 296],
  ['by a clock that is behind', -300, { from: AT, to: AT }, -299],
])('told %s', (_, told, span, ahead) => {
  expect(secondsAhead(AT + told * 1000, span)).toBe(ahead);
});

test('a clock that is right is never told to be wrong, whenever it was read', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(60_000), fc.nat(60_000), (start, before, after) => {
      const read = AT + start + before;
      const told = Math.floor(read / 1000) * 1000;
      expect(secondsAhead(told, { from: AT + start, to: read + after })).toBeCloseTo(0);
    }),
  );
});
