import { utc } from '../chat/availability.js';
import type { SagaContext } from './context.js';
import type { Journal } from './journal.js';
import type { Silence } from './silence.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * May the old token be revoked now? Otherwise: after how many milliseconds it should be looked at again.
 *
 * It waits until nobody used the old token for the plan's hours, or, where its use can never be seen, until so many
 * have passed since everything holds the new one. A person's word ends the waiting.
 */
export async function waitForSilence(
  journal: Journal,
  { watch, save, now }: SagaContext,
): Promise<'silent' | { lookAgainMs: number }> {
  const { quietHours, unseen } = journal.plan;
  const quietMs = quietHours * HOUR_MS;
  if (quietMs === 0 || journal.decided?.what === 'revoke' || journal.revokeIntent === true) return 'silent';
  const at = now();
  // A clock that was set back would have it wait for a time that has not come yet.
  const since = Math.min(journal.waiting?.since ?? at, at);
  const seen: Silence = unseen === undefined ? await watch(since) : { is: 'unknown', why: unseen };
  journal.waiting = { since, seen: wordsOf(seen) };
  await save(journal);
  const left = since + quietMs - at;
  if (left > 0) return { lookAgainMs: Math.min(left, HOUR_MS) };
  if (seen.is === 'quiet') return { lookAgainMs: Math.max(MINUTE_MS, Math.min(seen.until - at, HOUR_MS)) };
  // That its use can never be seen was said in the plan; a host that does not answer now may tell in an hour.
  return seen.is === 'silent' || unseen !== undefined ? 'silent' : { lookAgainMs: HOUR_MS };
}

function wordsOf(seen: Silence): string {
  if (seen.is === 'used') return seen.words;
  if (seen.is === 'unknown') return `whether it is still used can’t be seen: ${seen.why}`;
  return seen.lastUse === undefined ? 'nobody uses it' : `nobody uses it; last seen ${utc(seen.lastUse)}`;
}
