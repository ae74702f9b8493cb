import type { GitLab } from '../gitlab/client.js';
import { variableName } from './answers.js';
import type { SagaContext } from './context.js';
import type { Journal } from './journal.js';
import type { OldToken, PlannedWrite } from './plan/plan.js';
import { dropOrphan, find, mayComeBack, purpose, reasonOf } from './step.js';

/** Undoes what the journal says was done, in reverse; what can't be undone is named for a person. */
export async function undo(
  journal: Journal,
  failing: { why: string; next: string },
  context: SagaContext,
): Promise<void> {
  const { plan } = journal;
  const undone: string[] = [];
  const left: string[] = [];
  const oldToken = await stateOfOld(journal, context.gitlab);
  if (oldToken === 'in force') {
    let newIsUsed = false;
    for (const [index, write] of [...plan.writes.entries()].reverse()) {
      const restored = await restore(journal, index, write, context);
      if (restored === undefined) continue;
      (restored.is === 'undone' ? undone : left).push(restored.words);
      newIsUsed ||= restored.is === 'kept';
    }
    if (!newIsUsed) await dropNew(journal, context.gitlab, undone, left);
    else left.push(`the new deploy token ${newId(journal)} stays, for those variables`);
  } else {
    left.push(
      oldToken === 'revoked'
        ? `deploy token ${plan.old.id} is revoked already; the new one, ${newId(journal)}, is in force`
        : `whether deploy token ${plan.old.id} is revoked can’t be seen; the new one, ${newId(journal)}, is in force`,
    );
  }
  journal.end = { is: 'failed', ...failing, undone, left, oldToken };
  await context.save(journal);
}

/** Asked for, the old token may be gone without the journal knowing it: undoing would then leave no token at all. */
async function stateOfOld({ plan, revokeIntent, revoked }: Journal, gitlab: GitLab): Promise<OldToken> {
  if (revoked) return 'revoked';
  if (!revokeIntent) return 'in force';
  try {
    return (await gitlab.deployTokens(plan.owner)).some(({ id }) => id === plan.old.id) ? 'in force' : 'revoked';
  } catch (error) {
    if (mayComeBack(error)) throw error;
    return 'unknown';
  }
}

type Restored = { is: 'undone' | 'gone' | 'kept'; words: string };

/** `kept`: the variable holds, or may hold, the new token; `undefined` when it was not touched. */
async function restore(
  journal: Journal,
  index: number,
  write: PlannedWrite,
  { gitlab, seal, save }: SagaContext,
): Promise<Restored | undefined> {
  const entry = journal.writes[index];
  const name = variableName(write);
  if (entry === undefined) return undefined;
  const done: Restored = { is: 'undone', words: `${name} has its former value` };
  if (entry.state === 'undone') return done;
  if (entry.old === null) return { is: 'kept', words: `${name} is hidden: its former value can’t be restored` };
  if (write.carries === 'username' && standsWithHidden(journal, write))
    return { is: 'kept', words: `${name} keeps the new username, which goes with the hidden password` };
  try {
    const variable = await find(write, gitlab);
    if (variable === undefined) return { is: 'gone', words: `${name} is gone` };
    await gitlab.updateVariable(write.owner, variable, seal.open(entry.old, purpose(journal)));
  } catch (error) {
    if (mayComeBack(error)) throw error;
    return { is: 'kept', words: `${name} could not be given its former value (${reasonOf(error).why})` };
  }
  journal.writes[index] = { ...entry, state: 'undone' };
  await save(journal);
  return done;
}

/** A hidden password was rewritten and can't be read back: the username beside it has to stay its fellow. */
function standsWithHidden({ plan, writes }: Journal, { owner, variable }: PlannedWrite): boolean {
  return plan.writes.some(
    (one, index) =>
      one.variable.hidden &&
      writes[index] !== undefined &&
      one.owner.kind === owner.kind &&
      one.owner.id === owner.id &&
      one.variable.environment_scope === variable.environment_scope,
  );
}

async function dropNew(journal: Journal, gitlab: GitLab, undone: string[], left: string[]): Promise<void> {
  const { plan, created } = journal;
  try {
    if (created === undefined) await dropOrphan(journal, await gitlab.deployTokens(plan.owner), gitlab);
    else {
      await gitlab.deleteDeployToken(plan.owner, created.id);
      undone.push(`the new deploy token ${created.id} is removed`);
    }
  } catch (error) {
    if (mayComeBack(error)) throw error;
    left.push(
      created === undefined
        ? `a new deploy token “${plan.old.name}” may have been made: remove it (${reasonOf(error).why})`
        : `the new deploy token ${created.id} could not be removed: remove it (${reasonOf(error).why})`,
    );
  }
}

function newId({ created }: Journal): string {
  return String(created?.id ?? '?');
}
