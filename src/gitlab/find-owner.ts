import type { GitLab } from './client.js';
import { findProject, visibleProject } from './find-project.js';
import type { Group, Owner, Project, User } from './schema.js';

/** Where a token lives. */
export interface FoundOwner {
  owner: Owner;
  /** The group right above it, if any. */
  parentId?: number;
}

/**
 * The project, or else the group, that a person means. A group counts only where the asker has a role: to others it
 * is as missing as one that is not there.
 *
 * Errors: those of {@link findProject}.
 */
export async function findOwner(path: string, asker: User, gitlab: GitLab): Promise<FoundOwner> {
  const exact = path.includes('/') ? await visibleProject(path, asker, gitlab) : undefined;
  if (exact !== undefined) return ofProject(exact);
  const group = await gitlab.groupByPath(path);
  if (group !== undefined && (await gitlab.groupAccessLevel(group.id, asker.id)) !== undefined) return ofGroup(group);
  return ofProject(await findProject(path, asker, gitlab));
}

export function ofGroup({ id, full_path: path, parent_id }: Group): FoundOwner {
  return { owner: { kind: 'group', id, path }, ...(parent_id == null ? {} : { parentId: parent_id }) };
}

export function ofProject({ id, path_with_namespace: path, namespace }: Project): FoundOwner {
  return {
    owner: { kind: 'project', id, path },
    ...(namespace?.kind === 'group' ? { parentId: namespace.id } : {}),
  };
}
