import type { Person } from '../chat/request.js';
import type { Config } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import { ROLES, type Role, roleName, type User } from '../gitlab/schema.js';

/** The GitLab user behind a person in a chat, by the configuration; the chat's own words are never believed. */
export function gitlabNameOf(person: Person, { access }: Config): string | undefined {
  return access.people.find((one) => one[person.platform] === person.id)?.gitlab;
}

/**
 * The person's GitLab user.
 *
 * Errors: `not-allowed`: the configuration does not know the person, GitLab does not know the user, or it is blocked.
 */
export async function identify(person: Person, config: Config, gitlab: GitLab): Promise<User> {
  const name = gitlabNameOf(person, config);
  if (name === undefined) {
    throw refusal(
      'I don’t know which GitLab user you are',
      `your ${person.platform} id is ${person.id}; nobody in access.people of the configuration has it`,
      'ask whoever runs Registrar to add you to access.people in registrar.yaml',
    );
  }
  const user = await gitlab.user(name);
  if (user === undefined)
    throw refusal(
      `GitLab has no user ${name}`,
      'access.people of the configuration says that this is you',
      'correct access.people in registrar.yaml',
    );
  if (user.state !== undefined && user.state !== 'active')
    throw refusal(`The GitLab user ${name} is ${user.state}`, undefined, 'ask a GitLab administrator');
  return user;
}

/**
 * Makes sure that a user holds a role in a project.
 *
 * Errors: `not-allowed`, with the role that is missing.
 * Source: inherited roles count, as in GitLab: GET /projects/:id/members/all/:user_id.
 */
export async function requireRole(
  role: Role,
  project: { id: number; path: string },
  user: User,
  gitlab: GitLab,
): Promise<void> {
  const level = await gitlab.accessLevel(project.id, user.id);
  if (level !== undefined && level >= ROLES[role]) return;
  throw refusal(
    `This takes the role ${role} in ${project.path}`,
    level === undefined
      ? `${user.username} is not a member there`
      : `${user.username} is only ${roleName(level)} there`,
    `ask an owner of ${project.path} to do it, or to give ${user.username} that role`,
  );
}

function refusal(what: string, why: string | undefined, next: string): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'not-allowed',
    forPerson: { what, next, ...(why === undefined ? {} : { why }) },
  });
}
