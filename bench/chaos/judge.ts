import type { Journal } from '../../src/rotation/journal.js';
import { baseName, isForRegistry } from '../../src/rotation/plan/token.js';
import type { DeployToken, Variable } from '../../test/lab/gitlab/double.js';
import type { Lab } from '../../test/lab/lab.js';
import { type Subject, variablesOf, withLogin } from './subject.js';

/**
 * How a rotation ended: `left` when it was undone as far as it could be, and a person was told what is left to do.
 */
export type End = 'rotated' | 'undone' | 'left';

export function endOf({ end }: Pick<Journal, 'end'>): End | 'under way' {
  if (end === undefined) return 'under way';
  if (end.is === 'done') return 'rotated';
  return end.left.length === 0 ? 'undone' : 'left';
}

/** What is not as a rotation promises, of a project whose rotation is over. */
export function violationsOf(subject: Subject, expected: End, lab: Lab, journal: Journal | undefined): string[] {
  const { project, old } = subject;
  if (journal === undefined) return ['it has no journal'];
  const end = endOf(journal);
  const live = lab.gitlab
    .deployTokensOf(project)
    .filter((token) => !token.revoked && isForRegistry({ scopes: [...token.scopes] }));
  const wrong: string[] = [];
  if (end !== expected) wrong.push(`it ended ${end} instead of ${expected}${whyOf(journal)}`);
  if (/"(?:secret|oldSecret|old)":"v1\./.test(JSON.stringify(journal)))
    wrong.push('its journal still has a sealed secret');
  if (end === 'left') return [...wrong, ...untold(journal, live, old)];
  const [token, ...more] = live;
  if (token === undefined) return [...wrong, 'no live token is left'];
  if (more.length > 0) wrong.push(`${live.length} live tokens: ${live.map(({ name }) => name).join(', ')}`);
  const inForce = end === 'undone' ? old : (live.find(({ id }) => id === journal.created?.id) ?? token);
  if (end === 'rotated' && inForce.id === old.id) wrong.push('the old token was not replaced');
  if (baseName(inForce.name) !== old.name) wrong.push(`the token is called ${inForce.name}`);
  for (const one of live)
    if (one !== inForce && baseName(one.name) !== one.name) wrong.push(`${one.name} is an orphan`);
  return [...wrong, ...changedWrongly(subject.before, variablesOf(lab, project), old, inForce)];
}

/** Variables that hold anything but what they held before, with the login of the token that is in force. */
function changedWrongly(
  before: readonly Variable[],
  after: readonly Variable[],
  old: DeployToken,
  inForce: DeployToken,
): string[] {
  const wanted = before.map((one) => plain({ ...one, value: withLogin(one.value, loginOf(old), loginOf(inForce)) }));
  const present = after.map(plain);
  return before.flatMap(({ key, environment_scope }, index) =>
    wanted[index] === present[index] ? [] : [`${key} (${environment_scope}) is not what it should be`],
  );
}

/** Two tokens may be left where GitLab lets nobody undo: then a person must be told of both. */
function untold({ end, created }: Journal, live: readonly DeployToken[], old: DeployToken): string[] {
  const told = end?.is === 'failed' ? end.left.join('; ') : '';
  return live.flatMap(({ id, name }) => {
    if (id !== old.id && id !== created?.id) return [`${name} is an orphan`];
    if (id === old.id && end?.is === 'failed' && end.oldToken === 'revoked')
      return ['a person is told that the old token is revoked, and it lives'];
    if (id !== old.id && !told.includes(String(id))) return [`a person is not told of the new token ${id}`];
    return [];
  });
}

function whyOf({ end }: Journal): string {
  return end?.is === 'failed' ? ` (${[end.why, ...end.left].join('; ')})` : '';
}

function loginOf({ username, token }: DeployToken) {
  return { username, password: token };
}

function plain({ holder: _, ...flags }: Variable): string {
  return JSON.stringify(flags);
}
