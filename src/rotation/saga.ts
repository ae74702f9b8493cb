import { EdgeError, messageOf } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import type { DeployToken, Variable } from '../gitlab/schema.js';
import type { Registry } from '../registry/client.js';
import type { Seal } from '../secrets/seal.js';
import { type StepName, variableName } from './answers.js';
import type { Journal } from './journal.js';
import { dockerEntries, rewritten } from './plan/consumers.js';
import { isExpired, keptUsername, type PlannedWrite } from './plan/plan.js';
import { proveToken, seeRefused } from './proof.js';

export interface SagaContext {
  gitlab: GitLab;
  registry: Registry;
  seal: Seal;
  save(journal: Journal): Promise<void>;
  progress(step: StepName, details: Partial<Record<StepName, string>>): Promise<void>;
  /** Logs in as Registrar after a login of ours was refused: a success resets GitLab's count of failures. */
  succeedOnce(): Promise<void>;
  now(): number;
}

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
    if (error instanceof EdgeError && error.retry !== 'never') throw error;
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
    await proveToken(plan, fresh, context.registry);
    journal.proven = true;
    await context.save(journal);
  }
  details.prove = 'a login, pull and push were granted';

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

/** A token that was made, but whose secret was lost with the answer: found by what was known before, and removed. */
async function dropOrphan(
  { plan, createIntent }: Journal,
  present: readonly DeployToken[],
  gitlab: GitLab,
): Promise<void> {
  if (createIntent === undefined) return;
  const scopes = [...plan.old.scopes].sort().join();
  const orphans = present.filter(
    ({ id, name, scopes: own }) =>
      !createIntent.knownIds.includes(id) && name === plan.old.name && [...own].sort().join() === scopes,
  );
  if (orphans.length > 1) {
    throw new EdgeError({
      part: 'gitlab',
      code: 'stopped-halfway',
      forPerson: {
        what: `${plan.owner.path} has ${orphans.length} new deploy tokens called “${plan.old.name}”, of which one may be Registrar’s`,
        why: 'Registrar was stopped while it made one, and somebody else made another',
        next: `look at the ids ${orphans.map(({ id }) => id).join(', ')} in the project’s settings, remove the one that nobody uses, and ask again`,
      },
    });
  }
  for (const { id } of orphans) await gitlab.deleteDeployToken(plan.owner, id);
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
  if (variable === undefined) throw gone(write);
  const host = new URL(context.registry.url).host;
  const entry = journal.writes[index];
  if (entry === undefined) {
    journal.writes[index] = {
      old: variable.value === null ? null : context.seal.seal(variable.value, purpose(journal)),
      state: 'intended',
    };
    const secret = secretIn(write, variable, plan.old.username);
    if (secret !== undefined) journal.oldSecret ??= context.seal.seal(secret, purpose(journal));
    await context.save(journal);
  }
  // Killed after the write, the value read just now is the new one already: the old one is the journal's.
  const before = entry?.old == null ? variable.value : context.seal.open(entry.old, purpose(journal));
  const value = rewritten(
    { owner: write.owner, variable: { ...variable, value: before }, carries: write.carries, because: write.because },
    plan.old,
    fresh,
    host,
  );
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
  journal.writes[index] = { old: journal.writes[index]?.old ?? null, state: 'done' };
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

/** Undoes what the journal says was done, in reverse; what can't be undone is named for a person. */
async function undo(
  journal: Journal,
  failing: { why: string; next: string },
  { gitlab, seal, save }: SagaContext,
): Promise<void> {
  const { plan } = journal;
  const undone: string[] = [];
  const left: string[] = [];
  if (journal.revoked)
    left.push(
      `deploy token ${plan.old.id} is revoked already; the new one, ${journal.created?.id ?? '?'}, is in force`,
    );
  else {
    for (const [index, write] of [...plan.writes.entries()].reverse()) {
      const entry = journal.writes[index];
      if (entry === undefined || entry.state === 'undone') continue;
      const variable = await find(write, gitlab);
      if (entry.old === null || variable === undefined) {
        left.push(
          `${variableName(write)} ${variable === undefined ? 'is gone' : 'is hidden: its former value can’t be restored'}`,
        );
        continue;
      }
      await gitlab.updateVariable(write.owner, variable, seal.open(entry.old, purpose(journal)));
      journal.writes[index] = { ...entry, state: 'undone' };
      await save(journal);
      undone.push(`${variableName(write)} has its former value`);
    }
    if (left.length === 0) {
      if (journal.created === undefined) await dropOrphan(journal, await gitlab.deployTokens(plan.owner), gitlab);
      else if (await gitlab.deleteDeployToken(plan.owner, journal.created.id))
        undone.push(`the new deploy token ${journal.created.id} is removed`);
    }
  }
  journal.end = { is: 'failed', ...failing, undone, left };
  await save(journal);
}

async function find({ owner, variable }: PlannedWrite, gitlab: GitLab): Promise<Variable | undefined> {
  const present = await gitlab.variables(owner);
  return present.find(
    ({ key, environment_scope }) => key === variable.key && environment_scope === variable.environment_scope,
  );
}

/** The old token's secret, where this variable holds it. */
function secretIn({ carries }: PlannedWrite, { value }: Variable, username: string): string | undefined {
  if (carries === 'docker-config') return dockerEntries(value)?.find((entry) => entry.username === username)?.password;
  return carries === 'password' && value !== null ? value : undefined;
}

function reasonOf(error: unknown): { why: string; next: string } {
  if (error instanceof EdgeError) {
    return { why: [error.forPerson.what, error.forPerson.why].filter(Boolean).join(': '), next: error.forPerson.next };
  }
  return {
    why: `a fault of Registrar: ${messageOf(error)}`,
    next: 'please report it; nothing is left to be done here',
  };
}

function gone(write: PlannedWrite): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'not-found',
    forPerson: {
      what: `the variable ${variableName(write)} is gone since the plan was made`,
      next: 'ask for a new plan',
    },
  });
}

function purpose({ plan }: Journal): string {
  return `rotation ${plan.id}`;
}
