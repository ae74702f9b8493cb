import { EdgeError, messageOf, RETRY_MS } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import type { Variable } from '../gitlab/schema.js';
import { redact } from '../secrets/redact.js';
import type { Seal } from '../secrets/seal.js';
import type { SagaContext } from './context.js';
import type { Journal } from './journal.js';
import type { PlannedWrite } from './plan/plan.js';
import { rewritten } from './plan/rewrite.js';
import { freshName } from './plan/token.js';
import { TOKENS } from './tokens.js';

/** What the saga's steps and their undoing share. */

/**
 * A token that was made, but whose secret was lost with the answer: recognised by the rotation's id in its name, or,
 * where the name has to be another, by what was known before. It is removed.
 */
export async function dropOrphan(journal: Journal, gitlab: GitLab): Promise<void> {
  const { plan, createIntent } = journal;
  if (createIntent === undefined) return;
  const kind = TOKENS[plan.old.kind];
  const name = freshName(plan);
  const orphans = (await kind.list(gitlab, plan.owner)).filter(
    (one) => one.name === name && createIntent.knownIds?.includes(one.id) !== true,
  );
  if (createIntent.knownIds !== undefined && orphans.length > 1) {
    throw new EdgeError({
      part: 'gitlab',
      code: 'stopped-halfway',
      forPerson: {
        what: `${plan.owner.path} has ${orphans.length} new tokens called “${name}”, of which one may be Registrar’s`,
        why: 'Registrar was stopped while it made one, and somebody else made another',
        next: `look at the ids ${orphans.map(({ id }) => id).join(', ')} in its settings, remove the one that nobody uses, and ask again`,
      },
    });
  }
  for (const { id } of orphans) await kind.remove(gitlab, plan.owner, id);
}

/**
 * The same at the end, for one whose making GitLab finished only when nobody waited for it any more and the next one
 * was made. A call, where one was never heard of; a name that is not ours alone tells nothing here.
 */
export async function dropLateOrphan({ plan, createIntent, created }: Journal, gitlab: GitLab): Promise<void> {
  if (createIntent?.again === undefined || createIntent.knownIds !== undefined) return;
  const kind = TOKENS[plan.old.kind];
  const name = freshName(plan);
  for (const one of await kind.list(gitlab, plan.owner))
    if (one.name === name && one.id !== created?.id) await kind.remove(gitlab, plan.owner, one.id);
}

export function find({ owner, variable }: PlannedWrite, gitlab: GitLab): Promise<Variable | undefined> {
  return gitlab.variable(owner, variable);
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

/** What a sealed text of a rotation is bound to. */
export function purposeOf({ id }: { id: string }): string {
  return `rotation ${id}`;
}

/** Errors: `secret-missing`, with `retry`: a rotation is neither finished nor undone without the key. */
export function opened(sealed: string, { plan }: Pick<Journal, 'plan'>, seal: Seal): string {
  try {
    return seal.open(sealed, purposeOf(plan));
  } catch (error) {
    throw new EdgeError({
      part: 'config',
      code: 'secret-missing',
      retry: { afterMs: RETRY_MS },
      cause: error,
      forPerson: {
        what: 'what the rotation keeps sealed can’t be opened',
        why: messageOf(error),
        next: 'put the key that was in force before under previousSealingKey, and start Registrar anew: the rotation goes on',
      },
    });
  }
}

/** The new token as it was given; its secret is there until the end. */
export interface Fresh {
  id: number;
  username: string;
  token: string;
}

export function freshOf({ created, plan }: Journal, seal: Seal): Fresh | undefined {
  if (created?.secret === undefined) return undefined;
  return { id: created.id, username: created.username, token: opened(created.secret, { plan }, seal) };
}

export function oldSecretOf({ plan }: Journal, seal: Seal): string | undefined {
  return plan.oldSecret === undefined ? undefined : opened(plan.oldSecret, { plan }, seal);
}

/** What a variable of that value has to become; `undefined` when it does not carry the old token any more. */
export function newValue(
  journal: Journal,
  { carries }: PlannedWrite,
  before: string | null,
  fresh: Fresh,
  { seal, registry }: SagaContext,
): string | undefined {
  const { old, formerUrls } = journal.plan;
  return rewritten(
    { carries, value: before },
    {
      old: { username: old.username, secret: oldSecretOf(journal, seal) },
      fresh,
      registryUrl: registry.url,
      formerUrls,
    },
  );
}
