import type { Identities } from '../access/identities.js';
import type { Person } from '../chat/request.js';
import { type Project, ROLES } from '../gitlab/schema.js';
import type { OpenInstance } from '../instance.js';

/** For whom a diagnosis is made: somebody in a chat, or a channel that the configuration gives a project's failures. */
export type Asker = { is: 'person'; person: Person } | { is: 'channel-of'; project: string };

/** What whoever asks may know of GitLab: as much as GitLab itself would show them, never what the bot sees. */
export interface Sight {
  /** Their role in a project; 0 without one. A channel counts as a Developer of its own project. */
  role(project: Project): Promise<number>;
  /** May they know that the project is there? */
  sees(project: Project): Promise<boolean>;
}

/** Errors: `not-allowed` for a person whom nobody knows. */
export async function sightOf(
  asker: Asker,
  identities: Identities,
  { config, gitlab }: Pick<OpenInstance, 'config' | 'gitlab'>,
): Promise<Sight> {
  if (asker.is === 'channel-of') {
    const isOwn = ({ path_with_namespace: path }: Project) => path === asker.project;
    return {
      role: async (project) => (isOwn(project) ? ROLES.developer : 0),
      sees: async (project) => isOwn(project) || project.visibility === 'public',
    };
  }
  const { id, external } = await identities.identify(asker.person, config, gitlab);
  const role = async (project: Project) => (await gitlab.accessLevel(project.id, id)) ?? 0;
  return {
    role,
    // Who is external GitLab tells to administrators only: without a word of it, they may be.
    sees: async (project) =>
      project.visibility === 'public' ||
      (project.visibility === 'internal' && external === false) ||
      (await role(project)) > 0,
  };
}
