import { utc } from '../chat/availability.js';
import { EdgeError, RETRY_MS } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import { variableName } from './answers.js';
import type { SagaContext } from './context.js';
import { consumerAt, oldLoginOf } from './deliver.js';
import type { Journal } from './journal.js';
import { dockerEntries } from './plan/docker-config.js';
import { type OldToken, type PlannedWrite, tokenWords } from './plan/plan.js';
import { freshName } from './plan/token.js';
import {
  dropLateOrphan,
  dropOrphan,
  type Fresh,
  find,
  freshOf,
  mayComeBack,
  newValue,
  opened,
  reasonOf,
} from './step.js';
import { TOKENS } from './tokens.js';

/** So long what is refused is asked for again: who took a right away by mistake gives it back. Milliseconds. */
const PATIENCE_MS = 24 * 3_600_000;

/**
 * Undoes what the journal says was done, in reverse; what can't be undone is named for a person.
 *
 * Errors: with `retry`, those of what may come back; `half-undone` while something is refused, for a day.
 */
export async function undo(
  journal: Journal,
  failing: NonNullable<Journal['failing']>,
  context: SagaContext,
): Promise<void> {
  const undone: string[] = [];
  const left: string[] = [];
  const refused: unknown[] = [];
  const oldToken = await stateOfOld(journal, context.gitlab, refused);
  if (oldToken === 'in force') {
    const restored = await restoreAll(journal, context);
    undone.push(...restored.flatMap(({ is, words }) => (is === 'undone' ? [words] : [])));
    left.push(...restored.flatMap(({ is, words }) => (is === 'undone' ? [] : [words])));
    refused.push(...restored.flatMap(({ because }) => (because === undefined ? [] : [because])));
    if (!restored.some(({ is }) => is === 'kept'))
      refused.push(...(await dropNew(journal, context.gitlab, undone, left)));
    else left.push(`the new ${newToken(journal)} stays, for those`);
  } else {
    const old = tokenWords(journal.plan.old);
    left.push(
      oldToken === 'revoked'
        ? `${old} is revoked already; the new one, ${newToken(journal)}, is in force`
        : `whether ${old} is revoked can’t be seen; the new one, ${newToken(journal)}, is in force`,
    );
  }
  const until = failing.since + PATIENCE_MS;
  const [first] = refused.filter(mayBeGranted);
  if (first !== undefined && context.now() < until) throw halfUndone(journal, left, first, until);
  journal.end = { is: 'failed', why: failing.why, next: failing.next, undone, left, oldToken };
  await context.save(journal);
}

/** What a person has to look at first does not mend itself. */
function mayBeGranted(error: unknown): boolean {
  return error instanceof EdgeError && error.code !== 'stopped-halfway';
}

function halfUndone({ plan }: Journal, left: readonly string[], refused: unknown, until: number): EdgeError {
  return new EdgeError({
    part: 'registrar',
    code: 'half-undone',
    retry: { afterMs: RETRY_MS },
    cause: refused,
    forPerson: {
      what: `the rotation in ${plan.owner.path} failed, and something that would undo it is refused`,
      why: left.join('; '),
      next: `${reasonOf(refused).next}; then it goes on by itself, until ${utc(until)}`,
    },
  });
}

/** Asked for, the old token may be gone without the journal knowing it: undoing would then leave no token at all. */
async function stateOfOld(
  { plan, revokeIntent, revoked }: Journal,
  gitlab: GitLab,
  refused: unknown[],
): Promise<OldToken> {
  if (revoked) return 'revoked';
  if (!revokeIntent) return 'in force';
  try {
    const present = await TOKENS[plan.old.kind].list(gitlab, plan.owner);
    return present.some(({ id }) => id === plan.old.id) ? 'in force' : 'revoked';
  } catch (error) {
    if (mayComeBack(error)) throw error;
    refused.push(error);
    return 'unknown';
  }
}

/** `kept`: it holds, or may hold, the new token; `because` something refused to take it back. */
type Restored = { is: 'undone' | 'gone' | 'kept'; words: string; because?: unknown };

async function restoreAll(journal: Journal, context: SagaContext): Promise<Restored[]> {
  const { plan } = journal;
  const restored: Restored[] = [];
  const fresh = freshOf(journal, context.seal);
  // Nothing was handed to anybody before there was something to hand over.
  if (fresh === undefined) return restored;
  for (const index of [...plan.outside.keys()].reverse())
    if (journal.outside[index] !== undefined) restored.push(await restoreOutside(journal, index, context));
  for (const [index, write] of [...plan.writes.entries()].reverse())
    if (journal.writes[index] !== undefined) restored.push(await restore(journal, index, write, fresh, context));
  return restored;
}

async function restore(
  journal: Journal,
  index: number,
  write: PlannedWrite,
  fresh: Fresh,
  context: SagaContext,
): Promise<Restored> {
  const { gitlab, seal, save } = context;
  const entry = journal.writes[index];
  const name = variableName(write, journal.plan.owner);
  const done: Restored = { is: 'undone', words: `${name} has its former value` };
  if (entry?.state === 'undone') return done;
  if (entry?.old == null) return { is: 'kept', words: `${name} is hidden: its former value can’t be restored` };
  const before = opened(entry.old, journal, seal);
  try {
    const variable = await find(write, gitlab);
    if (variable === undefined) return { is: 'gone', words: `${name} is gone` };
    const ours = newValue(journal, write, before, fresh, context);
    if (variable.value !== null && variable.value !== before && variable.value !== ours) {
      const words = `${name} was changed by somebody else meanwhile, and stays as it is`;
      return { is: holdsSecret(variable.value, fresh) ? 'kept' : 'gone', words };
    }
    if (variable.value !== before) await gitlab.updateVariable(write.owner, variable, before);
  } catch (error) {
    if (mayComeBack(error)) throw error;
    return {
      is: 'kept',
      words: `${name} could not be given its former value (${reasonOf(error).why})`,
      because: error,
    };
  }
  journal.writes[index] = { ...entry, state: 'undone' };
  await save(journal);
  return done;
}

/** Somebody may have added an entry to a docker configuration after it got the new token. */
function holdsSecret(value: string, { token }: Fresh): boolean {
  return value === token || dockerEntries(value)?.some(({ password }) => password === token) === true;
}

async function restoreOutside(journal: Journal, index: number, context: SagaContext): Promise<Restored> {
  const entry = journal.outside[index];
  const name = journal.plan.outside[index] ?? '';
  if (entry === undefined || entry.state === 'undone') return { is: 'undone', words: `${name} has the former token` };
  try {
    const consumer = consumerAt(journal, index, context);
    const before = entry.old == null ? undefined : opened(entry.old, journal, context.seal);
    if (!(await consumer.restore(before, oldLoginOf(journal, context))))
      return { is: 'kept', words: `${name} has the new token: what it had before is not known` };
  } catch (error) {
    if (mayComeBack(error)) throw error;
    return {
      is: 'kept',
      words: `${name} could not be given the former token (${reasonOf(error).why})`,
      because: error,
    };
  }
  journal.outside[index] = { ...entry, state: 'undone' };
  await context.save(journal);
  return { is: 'undone', words: `${name} has the former token` };
}

/** Gives what refused it. */
async function dropNew(journal: Journal, gitlab: GitLab, undone: string[], left: string[]): Promise<unknown[]> {
  const { plan, created } = journal;
  try {
    if (created === undefined) await dropOrphan(journal, gitlab);
    else {
      await TOKENS[plan.old.kind].remove(gitlab, plan.owner, created.id);
      await dropLateOrphan(journal, gitlab);
      undone.push(`the new ${newToken(journal)} is removed`);
    }
    return [];
  } catch (error) {
    if (mayComeBack(error)) throw error;
    left.push(
      created === undefined
        ? `a new token “${freshName(plan)}” may have been made: remove it (${reasonOf(error).why})`
        : `the new ${newToken(journal)} could not be removed: remove it (${reasonOf(error).why})`,
    );
    return [error];
  }
}

function newToken({ created, plan }: Journal): string {
  return created === undefined ? `${plan.old.kind} token` : tokenWords({ kind: plan.old.kind, id: created.id });
}
