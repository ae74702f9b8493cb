import { ROLES, roleName } from '../../gitlab/schema.js';
import { deniedIn } from '../denied.js';
import type { JobTokenFinding } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

/** The list of whose job tokens a project lets in, and the role of who started the job: a pull takes both. */
export const jobToken: Witness<JobTokenFinding> = ({ source, target, limited, listed, open, starter }, diagnosis) => {
  const cause = 'job-token-scope';
  if (!isSuspected(diagnosis, cause)) return [];
  const denied = deniedIn(diagnosis);
  const told = /job token not allowed/i.test(diagnosis.facts?.failure ?? '');
  // An image that anybody may pull is never refused for the list.
  if (limited && listed === undefined && !open) {
    const why = `${target} lets in the job tokens of listed projects only, and ${source} is not among them`;
    const explained = told || denied.silently || denied.altogether || denied.unexplained;
    return [{ cause, says: explained ? 'confirms' : 'supports', why }];
  }
  if (starter !== undefined && starter.level < ROLES.reporter && !open && denied.silently) {
    const is = starter.level === 0 ? `no member of ${target}` : `only ${roleName(starter.level)} in ${target}`;
    const why = `${starter.username}, who started the job, is ${is}: its job token pulls with their role`;
    return [{ cause: 'insufficient-rights', says: 'confirms', why }];
  }
  const why = !limited
    ? `${target} lets in the job tokens of all projects, now`
    : listed === undefined
      ? `${target} is public, and so is its registry, now`
      : `${target} lets in the job tokens of ${listed.kind === 'group' ? `the group ${listed.path}` : source}, now`;
  return [{ cause, says: 'remarks', why } satisfies Testimony];
};
