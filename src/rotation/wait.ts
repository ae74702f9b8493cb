import { utc } from '../chat/availability.js';
import { variableName } from './answers.js';
import type { SagaContext } from './context.js';
import { consumerAt, loginOf } from './deliver.js';
import type { Journal } from './journal.js';
import type { PlannedWrite } from './plan/plan.js';
import type { Silence } from './silence.js';
import { type Fresh, find, freshOf, mayComeBack, opened } from './step.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * May the old token be revoked now? Otherwise: after how many milliseconds it should be looked at again.
 *
 * It waits until nobody used the old token for the plan's hours, or, where its use can never be seen, until so many
 * have passed since everything holds the new one; and while something else gave it back to a variable. A person's word
 * ends the waiting.
 *
 * Errors: with `retry`, those of GitLab.
 */
export async function waitForSilence(
  journal: Journal,
  context: SagaContext,
): Promise<'silent' | { lookAgainMs: number }> {
  const { watch, save, now } = context;
  const { quietHours, unseen } = journal.plan;
  const quietMs = quietHours * HOUR_MS;
  if (quietMs === 0 || journal.decided?.what === 'revoke' || journal.revokeIntent === true) return 'silent';
  const at = now();
  // A clock that was set back would have it wait for a time that has not come yet.
  const since = Math.min(journal.waiting?.since ?? at, at);
  const seen: Silence = unseen === undefined ? await watch(since) : { is: 'unknown', why: unseen };
  const again = await heldAgain(journal, context);
  journal.waiting = { since, seen: again ?? wordsOf(seen) };
  await save(journal);
  const left = since + quietMs - at;
  if (left > 0) return { lookAgainMs: Math.min(left, HOUR_MS) };
  if (again !== undefined) return { lookAgainMs: HOUR_MS };
  if (seen.is === 'quiet') return { lookAgainMs: Math.max(MINUTE_MS, Math.min(seen.until - at, HOUR_MS)) };
  // That its use can never be seen was said in the plan; a host that does not answer now may tell in an hour.
  return seen.is === 'silent' || unseen !== undefined ? 'silent' : { lookAgainMs: HOUR_MS };
}

/** Who has the old token again: what is described elsewhere, as in Terraform, is brought back from there. */
async function heldAgain(journal: Journal, context: SagaContext): Promise<string | undefined> {
  const { plan, outside } = journal;
  const fresh = freshOf(journal, context.seal);
  if (fresh === undefined) return undefined;
  const again: string[] = [];
  for (const [index, write] of plan.writes.entries())
    if (await hasFormerValue(journal, index, write, context)) again.push(variableName(write, plan.owner));
  for (const [index, name] of plan.outside.entries())
    if (outside[index] !== undefined && (await lacks(journal, index, fresh, context))) again.push(name);
  if (again.length === 0) return undefined;
  return `${again.join(', ')} had the new token and has the former again: change it where it is described`;
}

async function hasFormerValue(
  journal: Journal,
  index: number,
  write: PlannedWrite,
  { gitlab, seal }: SagaContext,
): Promise<boolean> {
  const old = journal.writes[index]?.old;
  if (old == null || write.carries === 'registry-url') return false;
  try {
    return (await find(write, gitlab))?.value === opened(old, journal, seal);
  } catch (error) {
    if (mayComeBack(error)) throw error;
    return false;
  }
}

/** One that does not answer says nothing: it must not keep the old token in force. */
async function lacks(journal: Journal, index: number, fresh: Fresh, context: SagaContext): Promise<boolean> {
  try {
    return (await consumerAt(journal, index, context).holds(loginOf(fresh, context))) === false;
  } catch {
    return false;
  }
}

function wordsOf(seen: Silence): string {
  if (seen.is === 'used') return seen.words;
  if (seen.is === 'unknown') return `whether it is still used can’t be seen: ${seen.why}`;
  return seen.lastUse === undefined ? 'nobody uses it' : `nobody uses it; last seen ${utc(seen.lastUse)}`;
}
