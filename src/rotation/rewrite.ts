import { EdgeError } from '../errors.js';
import type { Seal } from '../secrets/seal.js';
import { variableName } from './answers.js';
import type { SagaContext } from './context.js';
import type { Journal } from './journal.js';
import type { PlannedWrite } from './plan/plan.js';
import { type Fresh, find, newValue, opened, purposeOf } from './step.js';

/**
 * Gives a variable its new value, if it still is what the plan saw. Resumable: killed after the write, it finds its own
 * value there.
 *
 * Errors: `not-found` when somebody else changed it meanwhile; `gitlab-rejected` when another value is read back.
 */
export async function rewrite(
  journal: Journal,
  index: number,
  write: PlannedWrite,
  fresh: Fresh,
  context: SagaContext,
): Promise<void> {
  const { seal, gitlab, save } = context;
  const purpose = purposeOf(journal.plan);
  const variable = await find(write, gitlab);
  if (variable === undefined) throw changed(journal, write, 'is gone');
  const entry = journal.writes[index];
  const { value: current } = variable;
  if (entry === undefined && !isAsPlanned(write, current, purpose, seal))
    throw changed(journal, write, 'has another value');
  // Killed after the write, the value read just now is the new one already: the old one is the journal's.
  const before = entry?.old == null ? current : opened(entry.old, journal, seal);
  const value = newValue(journal, write, before, fresh, context);
  if (value === undefined) throw changed(journal, write, 'does not hold that token any more');
  if (current !== null && current !== before && current !== value)
    throw changed(journal, write, 'was changed by somebody else');
  const old = before === null ? null : (entry?.old ?? seal.seal(before, purpose));
  if (entry === undefined) {
    journal.writes[index] = { old, state: 'intended' };
    await save(journal);
  }
  if (current !== value) await gitlab.updateVariable(write.owner, variable, value);
  const after = await find(write, gitlab);
  if (after === undefined || (after.value !== null && after.value !== value)) {
    throw new EdgeError({
      part: 'gitlab',
      code: 'gitlab-rejected',
      forPerson: {
        what: `GitLab took ${variableName(write, journal.plan.owner)}, but reads back another value`,
        next: 'look whether somebody else writes that variable at this moment, and ask again',
      },
    });
  }
  journal.writes[index] = { old, state: 'done' };
  await save(journal);
}

function isAsPlanned({ digest }: PlannedWrite, current: string | null, purpose: string, seal: Seal): boolean {
  return current === null || digest === null ? current === digest : seal.isDigest(digest, current, purpose);
}

function changed({ plan }: Journal, write: PlannedWrite, how: string): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'not-found',
    forPerson: {
      what: `the variable ${variableName(write, plan.owner)} ${how} since the plan was made`,
      next: 'ask for a new plan',
    },
  });
}
