import type { Person } from '../chat/request.js';
import type { Config } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import { type Owner, type Project, ROLES, type Role, roleName, type User } from '../gitlab/schema.js';

/** The GitLab user behind a person in a chat, by the configuration; the chat's own words are never believed. */
export function gitlabNameOf(person: Person, { access }: Config): string | undefined {
  return access.people.find((one) => one[person.platform] === person.id)?.gitlab;
}

/**
 * Makes sure that a user holds a role in a project or a group.
 *
 * Errors: `not-allowed`, with the role that is missing.
 * Source: inherited roles count, as in GitLab: GET /projects|groups/:id/members/all/:user_id.
 */
export async function requireRole(role: Role, place: Owner, user: User, gitlab: GitLab): Promise<void> {
  const { kind, id, path } = place;
  const level = await (kind === 'project' ? gitlab.accessLevel(id, user.id) : gitlab.groupAccessLevel(id, user.id));
  if (level !== undefined && level >= ROLES[role]) return;
  throw refusal(
    `This takes the role ${role} in ${path}`,
    level === undefined
      ? `${user.username} is not a member there`
      : `${user.username} is only ${roleName(level)} there`,
    `ask an owner of ${path} to do it, or to give ${user.username} that role`,
  );
}

/**
 * Makes sure that a user may read the logs of a project's jobs.
 *
 * Errors: `not-found`, in the same words for a project that is not there and for one that the user may not see.
 * Source: https://docs.gitlab.com/user/permissions/ (Reporter; with public jobs whoever sees the project).
 */
export async function requireJobLogs(
  project: Project | undefined,
  path: string,
  user: User,
  gitlab: GitLab,
): Promise<Project> {
  if (project !== undefined) {
    const open = project.visibility === 'public' || project.visibility === 'internal';
    if (open && project.public_jobs === true) return project;
    if (((await gitlab.accessLevel(project.id, user.id)) ?? 0) >= ROLES.reporter) return project;
  }
  throw new EdgeError({
    part: 'gitlab',
    code: 'not-found',
    forPerson: {
      what: `There is no job log that you may read in ${path}`,
      why: `the project is not there, or ${user.username} is no Reporter in it`,
      next: 'open the job’s page in GitLab: if you see its log there, paste it here',
    },
  });
}

/** `not-allowed`. */
export function refusal(what: string, why: string | undefined, next: string): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'not-allowed',
    forPerson: { what, next, ...(why === undefined ? {} : { why }) },
  });
}
