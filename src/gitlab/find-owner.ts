import type { GitLab } from './client.js';
import { findProject } from './find-project.js';
import type { Owner, Project, User } from './schema.js';

/** Where a token lives; of a project also what is known of it. */
export interface FoundOwner {
  owner: Owner;
  project?: Project;
}

/**
 * The project, or else the group, that a person means. A group counts only where the asker has a role: to others it
 * is as missing as one that is not there.
 *
 * Errors: those of {@link findProject}.
 */
export async function findOwner(path: string, asker: User, gitlab: GitLab): Promise<FoundOwner> {
  const exact = path.includes('/') ? await gitlab.project(path) : undefined;
  if (exact !== undefined) return ofProject(exact);
  const group = await gitlab.groupByPath(path);
  if (group !== undefined && (await gitlab.groupAccessLevel(group.id, asker.id)) !== undefined)
    return { owner: { kind: 'group', id: group.id, path: group.full_path } };
  return ofProject(await findProject(path, asker, gitlab));
}

function ofProject(project: Project): FoundOwner {
  return { owner: { kind: 'project', id: project.id, path: project.path_with_namespace }, project };
}
