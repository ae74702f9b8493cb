import { EdgeError, messageOf } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import type { DeployToken, Variable } from '../gitlab/schema.js';
import { redact } from '../secrets/redact.js';
import type { Journal } from './journal.js';
import type { PlannedWrite } from './plan/plan.js';

/** What the saga's steps and their undoing share. */

/** A token that was made, but whose secret was lost with the answer: found by what was known before, and removed. */
export async function dropOrphan(
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

export async function find({ owner, variable }: PlannedWrite, gitlab: GitLab): Promise<Variable | undefined> {
  const present = await gitlab.variables(owner);
  return present.find(
    ({ key, environment_scope }) => key === variable.key && environment_scope === variable.environment_scope,
  );
}

export function mayComeBack(error: unknown): boolean {
  return error instanceof EdgeError && error.retry !== 'never';
}

/** Redacted: GitLab, or a proxy before it, may quote what it was sent. */
export function reasonOf(error: unknown): { why: string; next: string } {
  if (error instanceof EdgeError) {
    const { what, why, next } = error.forPerson;
    return { why: redact([what, why].filter(Boolean).join(': ')).text, next };
  }
  return { why: `a fault of Registrar: ${redact(messageOf(error)).text}`, next: 'please report it' };
}

export function purpose({ plan }: Journal): string {
  return `rotation ${plan.id}`;
}
