import { setTimeout as sleep } from 'node:timers/promises';
import { EdgeError } from '../errors.js';
import type { HttpAnswer } from '../http.js';

/** Runs a call when GitLab's limit allows it. Errors: the call's, and `gitlab-rate-limited` when that is far away. */
export type Pace = (call: () => Promise<HttpAnswer>) => Promise<HttpAnswer>;

/** What GitLab said last: so many calls are left until then. Milliseconds since the epoch, by our own clock. */
export interface Allowance {
  left: number;
  until: number;
}

/** GitLab's periods are a minute by default: what lasts longer is not waited for, the job is put off. Milliseconds. */
const PATIENCE_MS = 90_000;
/** Date is in whole seconds, and an answer takes its time: so far apart may the same end seem. */
const SAME_PERIOD_MS = 5_000;

/**
 * The allowance that an answer announces, if it does. Pure.
 *
 * Source: https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers; RateLimit-Reset is
 * in seconds by GitLab's clock, which may differ from ours: Date tells by how much.
 */
export function allowanceIn(headers: Readonly<Record<string, string>>, now: number): Allowance | undefined {
  const left = whole(headers['ratelimit-remaining']);
  const reset = whole(headers['ratelimit-reset']);
  if (left === undefined || reset === undefined) return undefined;
  const theirs = Date.parse(headers.date ?? '');
  return { left, until: reset * 1000 + (Number.isNaN(theirs) ? 0 : now - theirs) };
}

/** How long the next call has to wait when so many are under way. Milliseconds; pure. */
export function waitFor(allowance: Allowance | undefined, underWay: number, now: number): number {
  if (allowance === undefined || allowance.left > underWay) return 0;
  return Math.max(0, allowance.until - now);
}

/** Answers may overtake each other: of those of one period, the one with the least left is the newest. Pure. */
export function newer(known: Allowance | undefined, told: Allowance | undefined): Allowance | undefined {
  if (known === undefined || told === undefined) return told ?? known;
  const samePeriod = Math.abs(told.until - known.until) < SAME_PERIOD_MS;
  return samePeriod && known.left < told.left ? known : told;
}

function whole(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,12}$/.test(value.trim()) ? Number(value) : undefined;
}

/** For calls that are made one at a time with a token of their own. */
export const unpaced: Pace = (call) => call();

export function createPace(now: () => number, wait: (ms: number) => Promise<unknown>): Pace {
  let allowance: Allowance | undefined;
  let underWay = 0;
  return async (call) => {
    for (let ms = waitFor(allowance, underWay, now()); ms > 0; ms = waitFor(allowance, underWay, now())) {
      if (ms > PATIENCE_MS) throw tooLong(ms);
      await wait(ms);
    }
    underWay += 1;
    try {
      const answer = await call();
      allowance = newer(allowance, allowanceIn(answer.headers, now()));
      return answer;
    } finally {
      underWay -= 1;
    }
  };
}

const paces = new Map<string, Pace>();

/** The pace that all clients of this process share for that GitLab and that token. */
export function paceFor(url: string, token: string): Pace {
  const key = `${new URL(url).origin} ${token}`;
  const known = paces.get(key) ?? createPace(Date.now, (ms) => sleep(ms));
  paces.set(key, known);
  return known;
}

function tooLong(ms: number): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'gitlab-rate-limited',
    retry: { afterMs: ms },
    forPerson: {
      what: 'GitLab limits the rate of requests',
      why: `nothing is left of it for ${Math.ceil(ms / 60_000)} minutes`,
      next: 'nothing to do: the job goes on by itself',
    },
  });
}
