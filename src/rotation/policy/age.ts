import { z } from 'zod';
import type { UrlHistory } from '../../gitlab/url-history.js';

/**
 * How old deploy tokens are. GitLab gives them no creation time, but numbers that grow over the whole instance: what
 * was the highest one at each look tells between which two looks a token was made. Pure.
 */

/** One highest number, from the first look that saw it to the last. */
export const IdMark = z.object({
  highest: z.int(),
  /** Milliseconds since the epoch. */
  first: z.int(),
  last: z.int(),
  /** Every token of the instance was seen, so a higher number was not given out yet. */
  whole: z.boolean(),
});
/** Oldest first. */
export const IdMarks = z.array(IdMark);
export type IdMarks = z.infer<typeof IdMarks>;

/** So many are kept: more than a year of looks that each find something new. */
const KEPT = 1_000;

/** Adds a look. A lower number than before means only that the newest token is gone. */
export function observeIds(marks: IdMarks, seen: { highest: number; whole: boolean }, now: number): IdMarks {
  const last = marks.at(-1);
  const highest = Math.max(seen.highest, last?.highest ?? 0);
  if (last?.highest === highest && last.whole === seen.whole) return [...marks.slice(0, -1), { ...last, last: now }];
  return [...marks, { highest, first: now, last: now, whole: seen.whole }].slice(-KEPT);
}

/** What was noted of the registry's addresses tells something as well: a number that was there is older. */
export function marksOf(history: UrlHistory): IdMarks {
  return history.flatMap(({ firstSeen, lastSeen, highestAtFirst, highestAtLast }) => [
    { highest: highestAtFirst, first: firstSeen, last: firstSeen, whole: false },
    { highest: highestAtLast, first: lastSeen, last: lastSeen, whole: false },
  ]);
}

/** When a token was made, as far as that is known. Milliseconds since the epoch. */
export type Birth =
  | { is: 'known'; at: number }
  /** Between two looks. */
  | { is: 'bracketed'; after: number; before: number }
  /** It was there when Registrar first saw it. */
  | { is: 'unknown'; before: number };

/** Of the deploy token with that number, seen at the last look at the latest. */
export function birthOf(id: number, marks: IdMarks, now: number): Birth {
  const before = marks.find(({ highest }) => highest >= id)?.first ?? now;
  const after = marks.findLast(({ highest, whole }) => whole && highest < id)?.last;
  return after === undefined ? { is: 'unknown', before } : { is: 'bracketed', after, before };
}

/** From when its age counts: of a bracket the earlier end, so that no token gets older than it may. */
export function countsFrom(birth: Birth): number {
  if (birth.is === 'known') return birth.at;
  return birth.is === 'bracketed' ? birth.after : birth.before;
}

/** The latest time that it may have been made; `undefined`: before anybody looked. */
export function madeBy(birth: Birth): number | undefined {
  if (birth.is === 'known') return birth.at;
  return birth.is === 'bracketed' ? birth.before : undefined;
}

const DAY_MS = 86_400_000;

/** `83 days old`, `83 to 84 days old (by its number)`, `at least 83 days old (not known: first seen then)` */
export function ageWords(birth: Birth, now: number): string {
  const since = (time: number) => Math.floor((now - time) / DAY_MS);
  const days = (count: number) => `${count} day${count === 1 ? '' : 's'} old`;
  if (birth.is === 'known') return days(since(birth.at));
  if (birth.is === 'unknown') return `at least ${days(since(birth.before))} (not known: first seen then)`;
  const [least, most] = [since(birth.before), since(birth.after)];
  return `${least === most ? days(most) : `${least} to ${days(most)}`} (by its number)`;
}
