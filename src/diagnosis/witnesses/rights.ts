import { ROLES, roleName } from '../../gitlab/schema.js';
import { type Denied, deniedIn } from '../denied.js';
import type { Diagnosis } from '../diagnosis.js';
import type { RightsFinding } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

type Person = Extract<RightsFinding['who'], { is: 'person' }>;
type Token = Extract<RightsFinding['who'], { is: 'deploy-token' }>;

/** What the named user's role, or the deploy token's scopes, allow. */
export const rights: Witness<RightsFinding> = (finding, diagnosis) => {
  const { who } = finding;
  const denied = deniedIn(diagnosis);
  return who.is === 'person'
    ? [...ofUser(who, diagnosis), ...ofRole(who, finding, diagnosis, denied)]
    : ofScopes(who, finding, denied);
};

/** A person's name may stand beside a token of any kind: that GitLab does not know it proves nothing. */
function ofUser({ username, user }: Person, diagnosis: Diagnosis): Testimony[] {
  const cause = 'credentials-rejected';
  if (!isSuspected(diagnosis, cause, 'password-needs-token')) return [];
  if (user === undefined) {
    const why = `GitLab has no user ${username}, and the project no deploy token of that name`;
    return isSuspected(diagnosis, cause) ? [{ cause, says: 'supports', why }] : [];
  }
  if (user.state !== 'active')
    return [{ cause, says: 'confirms', why: `the user ${username} is ${user.state} in GitLab: no login works` }];
  if (!isSuspected(diagnosis, 'password-needs-token')) return [];
  const why = `${username} is a person in GitLab: with two-factor authentication only a token works, and whether it is on GitLab does not tell`;
  return [{ cause: 'password-needs-token', says: 'remarks', why }];
}

function ofRole(
  { username, user }: Person,
  { project, open, personal }: RightsFinding,
  diagnosis: Diagnosis,
  { silently, action }: Denied,
): Testimony[] {
  if (user === undefined || !silently || (action !== 'push' && action !== 'pull')) return [];
  const cause = 'insufficient-rights';
  const need = action === 'push' ? ROLES.developer : open === 'nobody' ? ROLES.reporter : 0;
  const is = user.level === 0 ? `no member of ${project}` : `${roleName(user.level)} in ${project}`;
  if (user.level < need) {
    const alone = personal && user.level === 0 ? ", a project in a person's own namespace" : '';
    const why = `${username} is ${is}${alone}, and a ${action} takes ${roleName(need)}`;
    return [{ cause, says: 'confirms', why }];
  }
  if (!isSuspected(diagnosis, cause)) return [];
  return [
    {
      cause,
      says: 'remarks',
      why: `${username} is ${is}, now, which is enough to ${action}; the token's scopes count as well`,
    },
  ];
}

/** A token's scopes never change: what it lacks now, it lacked then. */
function ofScopes(
  { id, name, scopes, of }: Token,
  { project, open }: RightsFinding,
  { silently, altogether, action }: Denied,
): Testimony[] {
  const reads = scopes.includes('read_registry');
  const writes = scopes.includes('write_registry');
  const token = `deploy token ${id} “${name}”`;
  const has = scopes.length > 0 ? `has ${scopes.join(', ')} only` : 'has no scope';
  const confirm = (why: string): Testimony[] => [{ cause: 'insufficient-rights', says: 'confirms', why }];
  if (altogether && !reads && !writes) return confirm(`${token} ${has}: none of the registry`);
  if (!silently) return [];
  if (action === 'push' && !(reads && writes))
    return confirm(`${token} ${has}: a push takes read_registry and write_registry`);
  if (action !== 'pull') return [];
  if (!reads && open !== 'anybody') return confirm(`${token} ${has}: a pull takes read_registry`);
  return of === project || open === 'anybody' ? [] : confirm(`${token} belongs to ${of} and does not reach ${project}`);
}
