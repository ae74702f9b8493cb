import type { Person } from '../chat/request.js';
import type { Config } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import type { GitLab } from '../gitlab/client.js';
import { ROLES, type Role, type User } from '../gitlab/schema.js';

/** The GitLab user behind a person in a chat, by the configuration; the chat's own words are never believed. */
export function gitlabNameOf(person: Person, { access }: Config): string | undefined {
  return access.people.find((one) => one[person.platform] === person.id)?.gitlab;
}

/**
 * Makes sure that the person holds a role in a project, and gives their GitLab user.
 *
 * Errors: `not-allowed`, with what is missing: no identity, no such user, a blocked one, or too low a role.
 * Source: inherited roles count, as in GitLab: GET /projects/:id/members/all/:user_id.
 */
export async function requireRole(
  role: Role,
  projectId: number,
  path: string,
  person: Person,
  config: Config,
  gitlab: GitLab,
): Promise<User> {
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
  const level = await gitlab.accessLevel(projectId, user.id);
  if (level === undefined || level < ROLES[role]) {
    throw refusal(
      `This takes the role ${role} in ${path}`,
      level === undefined ? `${name} is not a member there` : `${name} is only ${nameOfLevel(level)} there`,
      `ask an owner of ${path} to do it, or to give ${name} that role`,
    );
  }
  return user;
}

function nameOfLevel(level: number): string {
  const known = Object.entries(ROLES).findLast(([, value]) => value <= level);
  return known?.[0] ?? 'a guest';
}

function refusal(what: string, why: string | undefined, next: string): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'not-allowed',
    forPerson: { what, next, ...(why === undefined ? {} : { why }) },
  });
}
