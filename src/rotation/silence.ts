import type { Action, SeenUsage, Source, Use } from '../host/usage.js';

/** Whose silence is waited for. */
export interface Watched {
  /** The name that the old token logs in with. */
  account: string;
  /** That of the new one: the same name tells nothing. */
  newAccount?: string;
  /** Since when nobody should need the old token: what was before is no use of it. Milliseconds since the epoch. */
  since: number;
  now: number;
  /** So long nobody may have used it. */
  quietHours: number;
}

export type Silence =
  /** Nobody used it for so long. */
  | { is: 'silent'; lastUse?: number }
  /** Nobody used it so far, but not for long enough: `until` then. */
  | { is: 'quiet'; until: number; lastUse?: number }
  /** For a person, without a full stop. */
  | { is: 'used'; words: string; lastUse: number }
  | { is: 'unknown'; why: string };

/** So many addresses are named. */
const NAMED = 3;

/**
 * Whether anybody still uses a token, by what the hosts' logs tell. Pure.
 *
 * A refused login counts too: somebody still tries. A use that is seen counts, whatever could not be seen; that nobody
 * used it is said only when every host answered, one of them has GitLab's access log, and it goes back far enough.
 */
export function silenceOf(seen: readonly SeenUsage[], watched: Watched): Silence {
  const { account, newAccount, since, now, quietHours } = watched;
  const quietMs = quietHours * 3_600_000;
  if (account === newAccount)
    return { is: 'unknown', why: `the old and the new token both log in as ${account}: no log tells them apart` };
  if (seen.length === 0) return { is: 'unknown', why: 'no host is configured whose logs could tell' };

  const own = seen.flatMap((one) => ('usage' in one ? one.usage.uses : [])).filter((use) => use.account === account);
  // Logs tell whole seconds: what happened in the second of `since` may have happened after it.
  const after = own.filter(({ last }) => last >= since - (since % 1_000));
  const lastUse = latest(after);
  if (lastUse !== undefined && now - lastUse < quietMs)
    return { is: 'used', words: wordsOf(after, lastUse, now), lastUse };

  const why = blindness(seen, Math.max(since, now - quietMs));
  if (why !== undefined) return { is: 'unknown', why };
  const ever = latest(own);
  const known = ever === undefined ? {} : { lastUse: ever };
  const until = since + quietMs;
  return until > now ? { is: 'quiet', until, ...known } : { is: 'silent', ...known };
}

/** Why the logs can't tell that nobody used it since then; `undefined` when they can. */
function blindness(seen: readonly SeenUsage[], since: number): string | undefined {
  for (const one of seen) if ('why' in one) return `${one.host} did not tell: ${one.why}`;
  const usages = seen.flatMap((one) => ('usage' in one ? [{ host: one.host, ...one.usage }] : []));
  const access = usages.flatMap(({ host, logs }) =>
    logs.filter(({ source }) => source === 'access').map(({ from }) => ({ host, from })),
  );
  if (access.length === 0) return 'no host has GitLab’s access log (nginx/gitlab_access.log)';
  const short = access.find(({ from }) => from !== undefined && from > since);
  if (short?.from !== undefined)
    return `GitLab’s access log of ${short.host} goes back no further than ${new Date(short.from).toISOString().slice(0, 16)}Z`;
  const full = usages.find(({ untold }) => untold !== undefined && untold >= since);
  if (full !== undefined) return `the logs of ${full.host} tell of more users than are looked at`;
  return undefined;
}

function wordsOf(uses: readonly Use[], lastUse: number, now: number): string {
  const addresses = [...new Set(uses.map(({ address }) => address))]
    .map((address) =>
      ofAddress(
        address,
        uses.filter((use) => use.address === address),
      ),
    )
    .sort((a, b) => b.last - a.last);
  const named = addresses.slice(0, NAMED).map(({ words }, i) => (i === 0 ? words : `by ${words}`));
  const more = addresses.length - named.length;
  const all = [...named, ...(more > 0 ? [`by ${more} more`] : [])].join('; ');
  const count = addresses.reduce((sum, one) => sum + one.count, 0);
  return `still used by ${all}; last ${span(now - lastUse)} ago (${count === 1 ? 'once' : `${count} times`})`;
}

/** The same request may stand in several logs: of an address that log counts which tells of logins best. */
const BEST: readonly Source[] = ['access', 'auth', 'registry'];

function ofAddress(address: string, all: readonly Use[]) {
  const best = BEST.find((source) => all.some((use) => use.source === source));
  const uses = all.filter(({ source }) => source === best);
  const count = uses.reduce((sum, use) => sum + use.count, 0);
  const first = Math.min(...uses.map((use) => use.first));
  const last = Math.max(...uses.map((use) => use.last));
  const often = count > 2 && last > first ? ` every ${span((last - first) / (count - 1))}` : '';
  const refused = uses.every((use) => use.refused) ? ', refused' : '';
  return { words: `${address}${often}, ${doing(uses)}${refused}`, count, last };
}

const ACTIONS: readonly Action[] = ['pull', 'push', 'delete'];

function doing(uses: readonly Use[]): string {
  const done = ACTIONS.filter((action) => uses.some(({ actions }) => actions.includes(action)));
  return done.length === 0 ? 'login' : done.join(' and ');
}

function latest(uses: readonly Use[]): number | undefined {
  return uses.length === 0 ? undefined : Math.max(...uses.map(({ last }) => last));
}

/** `40 s`, `5 min`, `3 h`, `2 days` */
function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 5_970) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
