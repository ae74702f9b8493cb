import { EdgeError } from '../errors.js';
import type { GitLab } from './client.js';
import type { Project } from './schema.js';

/**
 * The project of that path. GitLab does not tell a missing project from an invisible one, and neither do we.
 *
 * Errors: `not-found`, with the projects whose names are near.
 */
export async function findProject(path: string, gitlab: GitLab): Promise<Project> {
  const found = await gitlab.project(path);
  if (found !== undefined) return found;
  const name = path.split('/').at(-1) ?? path;
  const near = (await gitlab.searchProjects(name)).map((one) => one.path_with_namespace).slice(0, 5);
  throw new EdgeError({
    part: 'gitlab',
    code: near.length > 0 ? 'ambiguous' : 'not-found',
    forPerson: {
      what: `There is no project ${path}, or Registrar’s GitLab user can’t see it`,
      ...(near.length > 0 ? { why: `did you mean ${near.join(', ')}?` } : {}),
      next:
        near.length > 0
          ? 'ask again with the full path'
          : 'check the path (GROUP/PROJECT), and that Registrar’s GitLab user is a member there',
    },
  });
}
