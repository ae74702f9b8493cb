import { variableName } from './answers.js';
import type { SagaContext } from './context.js';
import { deliver, loginOf } from './deliver.js';
import type { Journal } from './journal.js';
import { type RotationPlan, type StepName, tokenWords } from './plan/plan.js';
import { freshName } from './plan/token.js';
import { provenWords, proveToken, seeRefused } from './proof.js';
import { rewrite } from './rewrite.js';
import {
  dropLateOrphan,
  dropOrphan,
  type Fresh,
  freshOf,
  mayComeBack,
  oldSecretOf,
  purposeOf,
  reasonOf,
} from './step.js';
import { TOKENS } from './tokens.js';
import { undo } from './undo.js';
import { waitForSilence } from './wait.js';

/** `waiting`: everything holds the new token, and the old one is listened for; it is to be called again by then. */
export type Went = { is: 'ended' } | { is: 'waiting'; lookAgainMs: number };

/**
 * Carries a rotation on from wherever its journal stands: killed at any instruction and called again, it ends in the
 * same state. Until the old token is revoked, a failure undoes everything, read from the journal, and so does a
 * person's word.
 *
 * Errors: an `EdgeError` with `retry` leaves the journal as it is, to be continued; every other failure is undone and
 * becomes the journal's end.
 */
export async function runRotation(journal: Journal, context: SagaContext): Promise<Went> {
  if (journal.end !== undefined) return { is: 'ended' };
  if (journal.decided?.what === 'undo' && journal.revokeIntent !== true)
    journal.failing ??= {
      why: `${journal.decided.by} asked for it`,
      next: 'nothing: everything goes on as before',
      since: context.now(),
    };
  try {
    if (journal.failing === undefined) return await forward(journal, context);
  } catch (error) {
    if (mayComeBack(error)) throw error;
    journal.failing = { ...reasonOf(error), since: context.now() };
    await context.save(journal);
  }
  await undo(journal, journal.failing, context);
  return { is: 'ended' };
}

async function forward(journal: Journal, context: SagaContext): Promise<Went> {
  const { plan } = journal;
  const { progress, save } = context;
  if (journal.created === undefined) await progress('create', {});
  const fresh = await create(journal, context);
  const details = detailsOf(plan, fresh);

  if (!journal.proven) {
    await progress('prove', details);
    Object.assign(journal, await proveToken(plan, fresh, context.registry));
    journal.proven = true;
    await save(journal);
  }
  details.prove = provenWords(plan, journal.uploadLeft);

  for (const [index, write] of plan.writes.entries()) {
    if (journal.writes[index]?.state === 'done') continue;
    const at = `(${index + 1} of ${plan.writes.length})`;
    await progress('rewrite', { ...details, rewrite: `${variableName(write, plan.owner)} ${at}` });
    await rewrite(journal, index, write, fresh, context);
  }
  for (const [index, name] of plan.outside.entries()) {
    if (journal.outside[index]?.state === 'done') continue;
    await progress('rewrite', { ...details, rewrite: name });
    await deliver(journal, index, fresh, context);
  }
  details.rewrite = rewrittenWords(plan);
  if (plan.reveal && journal.revealed !== true) {
    await context.reveal(loginOf(fresh, context));
    journal.revealed = true;
    await save(journal);
  }

  const became = await waitForSilence(journal, context);
  if (became !== 'silent') return { is: 'waiting', ...became };
  await progress('revoke', { ...details, wait: journal.waiting?.seen ?? 'not asked for' });
  await revoke(journal, context);
  return { is: 'ended' };
}

/** What the finished steps came to, for the progress. */
export function detailsOf(
  { old }: RotationPlan,
  fresh: Pick<Fresh, 'id' | 'username'>,
): Partial<Record<StepName, string>> {
  const name = old.kind === 'deploy' ? ` (${fresh.username})` : '';
  return { create: `${tokenWords({ kind: old.kind, id: fresh.id })}${name}` };
}

/** Who holds the new token now. */
export function rewrittenWords({ writes, outside, owner }: RotationPlan): string {
  return [...writes.map((write) => variableName(write, owner)), ...outside].join(', ') || 'no variable carried it';
}

async function create(journal: Journal, context: SagaContext): Promise<Fresh> {
  const { gitlab, seal, save, now } = context;
  const { plan } = journal;
  const made = freshOf(journal, seal);
  if (made !== undefined) return made;
  const kind = TOKENS[plan.old.kind];
  await dropOrphan(journal, gitlab);
  const again = journal.createIntent === undefined ? {} : ({ again: true } as const);
  const isNamed = freshName(plan) !== plan.old.name;
  const knownIds = isNamed ? undefined : (await kind.list(gitlab, plan.owner)).map(({ id }) => id);
  journal.createIntent = knownIds === undefined ? again : { knownIds, ...again };
  await save(journal);
  const fresh = await kind.create(gitlab, plan, now());
  journal.created = { id: fresh.id, username: fresh.username, secret: seal.seal(fresh.token, purposeOf(plan)) };
  await save(journal);
  return { id: fresh.id, username: fresh.username, token: fresh.token };
}

async function revoke(journal: Journal, context: SagaContext): Promise<void> {
  const { plan } = journal;
  journal.revokeIntent = true;
  await context.save(journal);
  if (!journal.revoked) {
    await TOKENS[plan.old.kind].remove(context.gitlab, plan.owner, plan.old.id);
    journal.revoked = true;
    await context.save(journal);
  }
  await dropLateOrphan(journal, context.gitlab);
  const refused = await seeRefused(plan, oldSecretOf(journal, context.seal), context);
  journal.end = { is: 'done', refused };
  await context.save(journal);
}
