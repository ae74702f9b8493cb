import { EdgeError } from '../errors.js';
import type { Variable } from '../gitlab/schema.js';
import { variableName } from './answers.js';
import type { SagaContext } from './context.js';
import type { Journal } from './journal.js';
import { dockerSecret, rewritten } from './plan/consumers.js';
import { isExpired, keptUsername, type PlannedWrite, type StepName } from './plan/plan.js';
import { provenWords, proveToken, seeRefused } from './proof.js';
import { dropOrphan, find, mayComeBack, purpose, reasonOf } from './step.js';
import { undo } from './undo.js';

/**
 * Carries a rotation to its end from wherever its journal stands: killed at any instruction and called again, it ends
 * in the same state. Until the old token is revoked, a failure undoes everything, read from the journal.
 *
 * Errors: an `EdgeError` with `retry` leaves the journal as it is, to be continued; every other failure is undone and
 * becomes the journal's end.
 */
export async function runRotation(journal: Journal, context: SagaContext): Promise<void> {
  if (journal.end !== undefined) return;
  try {
    if (journal.failing === undefined) await forward(journal, context);
  } catch (error) {
    if (mayComeBack(error)) throw error;
    journal.failing = reasonOf(error);
    await context.save(journal);
  }
  if (journal.failing !== undefined) await undo(journal, journal.failing, context);
}

async function forward(journal: Journal, context: SagaContext): Promise<void> {
  const { plan } = journal;
  await context.progress('create', {});
  const fresh = await create(journal, context);
  const details: Partial<Record<StepName, string>> = { create: `deploy token ${fresh.id} (${fresh.username})` };

  if (!journal.proven) {
    await context.progress('prove', details);
    Object.assign(journal, await proveToken(plan, fresh, context.registry));
    journal.proven = true;
    await context.save(journal);
  }
  details.prove = provenWords(plan, journal.uploadLeft);

  for (const [index, write] of plan.writes.entries()) {
    if (journal.writes[index]?.state === 'done') continue;
    await context.progress('rewrite', {
      ...details,
      rewrite: `${variableName(write)} (${index + 1} of ${plan.writes.length})`,
    });
    await rewrite(journal, index, write, fresh, context);
  }
  details.rewrite = plan.writes.length === 0 ? 'no variable carried it' : plan.writes.map(variableName).join(', ');

  await context.progress('revoke', details);
  await revoke(journal, context);
}

type Fresh = { id: number; username: string; token: string };

async function create(journal: Journal, { gitlab, seal, save, now }: SagaContext): Promise<Fresh> {
  const { plan, created } = journal;
  if (created !== undefined)
    return { id: created.id, username: created.username, token: seal.open(created.secret, purpose(journal)) };
  const present = await gitlab.deployTokens(plan.owner);
  await dropOrphan(journal, present, gitlab);
  journal.createIntent = { knownIds: present.map(({ id }) => id) };
  await save(journal);
  const username = keptUsername(plan.old);
  const made = await gitlab.createDeployToken(plan.owner, {
    name: plan.old.name,
    scopes: plan.old.scopes,
    ...(username === undefined ? {} : { username }),
    ...(plan.old.expires_at == null || isExpired(plan.old, now()) ? {} : { expires_at: plan.old.expires_at }),
  });
  journal.created = { id: made.id, username: made.username, secret: seal.seal(made.token, purpose(journal)) };
  await save(journal);
  return { id: made.id, username: made.username, token: made.token };
}

async function rewrite(
  journal: Journal,
  index: number,
  write: PlannedWrite,
  fresh: Fresh,
  context: SagaContext,
): Promise<void> {
  const { plan } = journal;
  const variable = await find(write, context.gitlab);
  if (variable === undefined) throw changed(write, 'is gone');
  const host = new URL(context.registry.url).host;
  const entry = journal.writes[index];
  // Killed after the write, the value read just now is the new one already: the old one is the journal's.
  const before = entry?.old == null ? variable.value : context.seal.open(entry.old, purpose(journal));
  const value = rewritten({ variable: { ...variable, value: before }, carries: write.carries }, plan.old, fresh, host);
  if (value === undefined) throw changed(write, 'does not hold that token any more');
  const old = before === null ? null : (entry?.old ?? context.seal.seal(before, purpose(journal)));
  if (entry === undefined) {
    journal.writes[index] = { old, state: 'intended' };
    const secret = secretIn(write, variable, plan.old.username, host);
    if (secret !== undefined) journal.oldSecret ??= context.seal.seal(secret, purpose(journal));
    await context.save(journal);
  }
  await context.gitlab.updateVariable(write.owner, variable, value);
  const after = await find(write, context.gitlab);
  if (after === undefined || (after.value !== null && after.value !== value)) {
    throw new EdgeError({
      part: 'gitlab',
      code: 'gitlab-rejected',
      forPerson: {
        what: `GitLab took ${variableName(write)}, but reads back another value`,
        next: 'look whether somebody else writes that variable at this moment, and ask again',
      },
    });
  }
  journal.writes[index] = { old, state: 'done' };
  await context.save(journal);
}

async function revoke(journal: Journal, context: SagaContext): Promise<void> {
  const { plan } = journal;
  journal.revokeIntent = true;
  await context.save(journal);
  if (!journal.revoked) {
    await context.gitlab.deleteDeployToken(plan.owner, plan.old.id);
    journal.revoked = true;
    await context.save(journal);
  }
  const secret = journal.oldSecret === undefined ? undefined : context.seal.open(journal.oldSecret, purpose(journal));
  const refused = await seeRefused(plan, secret, context);
  journal.end = { is: 'done', refused };
  await context.save(journal);
}

/** The old token's secret, where this variable holds it. */
function secretIn(
  { carries }: PlannedWrite,
  { value }: Variable,
  username: string,
  registryHost: string,
): string | undefined {
  if (carries === 'docker-config') return dockerSecret(value, username, registryHost);
  return carries === 'password' && value !== null ? value : undefined;
}

function changed(write: PlannedWrite, how: string): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'not-found',
    forPerson: {
      what: `the variable ${variableName(write)} ${how} since the plan was made`,
      next: 'ask for a new plan',
    },
  });
}
