import type { SagaContext } from './context.js';
import type { Journal } from './journal.js';

const HOUR_MS = 3_600_000;

/**
 * May the old token be revoked now? Otherwise: after how many milliseconds it should be looked at again.
 *
 * It waits until nobody used the old token for the plan's hours, or, where its use can't be seen, until so many have
 * passed since everything holds the new one. A person's word ends the waiting.
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
  const seen =
    unseen === undefined ? await watch(Math.max(since, at - quietMs)) : ({ is: 'unknown', why: unseen } as const);
  journal.waiting = { since, seen: wordsOf(seen) };
  await save(journal);
  const left = since + quietMs - at;
  if (left > 0) return { lookAgainMs: Math.min(left, HOUR_MS) };
  return seen.is === 'used' ? { lookAgainMs: HOUR_MS } : 'silent';
}

function wordsOf(seen: Awaited<ReturnType<SagaContext['watch']>>): string {
  if (seen.is === 'used') return seen.words;
  return seen.is === 'silent' ? 'nobody uses it' : `whether it is still used can’t be seen: ${seen.why}`;
}
