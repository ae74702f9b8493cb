import fc from 'fast-check';
import {
  ageWords,
  type Birth,
  birthOf,
  countsFrom,
  type IdMarks,
  madeBy,
  marksOf,
  observeIds,
} from '../../../src/rotation/policy/age.js';

const DAY = 86_400_000;

function looks(...seen: [at: number, highest: number, whole?: boolean][]): IdMarks {
  return seen.reduce<IdMarks>((marks, [at, highest, whole = true]) => observeIds(marks, { highest, whole }, at), []);
}

test('what was there at the first look is not known to be younger', () => {
  expect(birthOf(7, looks([1000, 9], [2000, 12]), 2000)).toEqual({ is: 'unknown', before: 1000 });
});

test('what came between two looks is bracketed by them', () => {
  const marks = looks([1000, 9], [1500, 9], [2000, 12], [3000, 12]);
  expect(birthOf(10, marks, 3000)).toEqual({ is: 'bracketed', after: 1500, before: 2000 });
  expect(birthOf(12, marks, 3000)).toEqual({ is: 'bracketed', after: 1500, before: 2000 });
});

test('who sees a part of the tokens only can’t tell what was not there', () => {
  const marks = looks([1000, 9, false], [2000, 12, false]);
  expect(birthOf(12, marks, 2000)).toEqual({ is: 'unknown', before: 2000 });
});

test('the latest time that a token may have been made is known unless it was there from the first', () => {
  const marks = looks([1000, 9], [2000, 12]);
  expect(madeBy(birthOf(7, marks, 2000))).toBeUndefined();
  expect(madeBy(birthOf(12, marks, 2000))).toBe(2000);
  expect(madeBy({ is: 'known', at: 5 })).toBe(5);
});

test('that the newest token was removed makes no other one younger', () => {
  const marks = looks([1000, 20], [2000, 9], [3000, 21]);
  expect(birthOf(15, marks, 3000)).toEqual({ is: 'unknown', before: 1000 });
  expect(birthOf(21, marks, 3000)).toEqual({ is: 'bracketed', after: 2000, before: 3000 });
});

test('what the history of the registry’s addresses saw counts', () => {
  const period = { url: 'https://a', firstSeen: 1000, lastSeen: 5000, highestAtFirst: 9, highestAtLast: 12 };
  const marks = observeIds(marksOf([period]), { highest: 14, whole: true }, 9000);
  expect(birthOf(9, marks, 9000)).toEqual({ is: 'unknown', before: 1000 });
  expect(birthOf(11, marks, 9000)).toEqual({ is: 'unknown', before: 5000 });
  expect(birthOf(14, marks, 9000)).toEqual({ is: 'unknown', before: 9000 });
});

test('looks that see nothing new take no room, others only so much', () => {
  const same = Array.from({ length: 5000 }, (_, at): [number, number] => [at, 7]);
  expect(looks(...same)).toEqual([{ highest: 7, first: 0, last: 4999, whole: true }]);
  const growing = Array.from({ length: 1200 }, (_, at): [number, number] => [at, at]);
  expect(looks(...growing)).toHaveLength(1000);
});

test('whatever was seen when, the truth lies in the bracket', () => {
  const tokens = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 });
  const times = fc.array(fc.tuple(fc.integer({ min: 1, max: 2000 }), fc.boolean()), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(tokens, times, (gaps, raw) => {
      // Token n was made at births[n - 1].
      let at = 0;
      const births = gaps.map((gap) => (at += gap));
      const sorted = [...raw].sort((a, b) => a[0] - b[0]);
      const marks = looks(
        ...sorted.map(([time, whole]): [number, number, boolean] => [
          time,
          births.filter((one) => one <= time).length,
          whole,
        ]),
      );
      const now = sorted.at(-1)?.[0] ?? 0;
      births.forEach((born, index) => {
        if (born > now) return;
        const birth = birthOf(index + 1, marks, now);
        if (birth.is === 'known') throw new Error('nothing is known here');
        if (birth.before < born) throw new Error('it is not older than it is');
        if (birth.is === 'bracketed' && birth.after >= born) throw new Error('nor younger');
        if (countsFrom(birth) > birth.before) throw new Error('it counts from a time within');
      });
    }),
  );
});

test.each<[Birth, string]>([
  [{ is: 'known', at: 9 * DAY }, '1 day old'],
  [{ is: 'bracketed', after: 2 * DAY, before: 3 * DAY }, '7 to 8 days old (by its number)'],
  [{ is: 'bracketed', after: 3 * DAY, before: 3 * DAY + 5 }, '6 to 7 days old (by its number)'],
  [{ is: 'unknown', before: 0 }, 'at least 10 days old (not known: first seen then)'],
])('%j', (birth, words) => {
  expect(ageWords(birth, 10 * DAY)).toBe(words);
});
