import { z } from 'zod';

/**
 * When an instance's registry had which URL, and which deploy tokens existed then.
 *
 * GitLab's API gives a deploy token no creation time, but ids grow over the whole instance: the highest id seen while
 * a URL was in force tells which tokens are older than the next one.
 */
export const UrlPeriod = z.object({
  url: z.string(),
  /** Milliseconds since the epoch. */
  firstSeen: z.int(),
  lastSeen: z.int(),
  /** Highest deploy token id known at the first and the last look; 0 when none was known. */
  highestAtFirst: z.int(),
  highestAtLast: z.int(),
});
export type UrlPeriod = z.infer<typeof UrlPeriod>;
/** Oldest first. */
export const UrlHistory = z.array(UrlPeriod);
export type UrlHistory = z.infer<typeof UrlHistory>;

/** Adds a look at the instance. Pure. */
export function observe(history: UrlHistory, url: string, highestTokenId: number, now: number): UrlHistory {
  const last = history.at(-1);
  if (last === undefined || last.url !== url) {
    return [
      ...history,
      { url, firstSeen: now, lastSeen: now, highestAtFirst: highestTokenId, highestAtLast: highestTokenId },
    ];
  }
  return [
    ...history.slice(0, -1),
    { ...last, lastSeen: now, highestAtLast: Math.max(last.highestAtLast, highestTokenId) },
  ];
}

/** Is a token older than the registry's present URL? `unknown` with the reason when the history can't tell. */
export type Age = { is: 'older'; why: string } | { is: 'newer' } | { is: 'unknown'; why: string };

/** Pure. */
export function ageAgainstUrl(tokenId: number, history: UrlHistory): Age {
  const current = history.at(-1);
  const before = history.at(-2);
  if (current === undefined) return { is: 'unknown', why: 'Registrar has not looked at this instance before' };
  if (before === undefined)
    return {
      is: 'unknown',
      why: `the registry has had this URL since Registrar first looked (${day(current.firstSeen)})`,
    };
  const changed = `the registry's URL changed from ${before.url} to ${current.url} between ${day(before.lastSeen)} and ${day(current.firstSeen)}`;
  if (tokenId <= before.highestAtLast)
    return { is: 'older', why: `id ${tokenId} is not above ${before.highestAtLast}, the newest before ${changed}` };
  if (tokenId > current.highestAtFirst) return { is: 'newer' };
  return { is: 'unknown', why: `id ${tokenId} was given out about when ${changed}` };
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
