import { distance } from 'fastest-levenshtein';
import { EdgeError } from '../errors.js';
import type { GitLab } from './client.js';
import type { Project, User } from './schema.js';

/** Near misses cost a call each: whether the asker may know of the project. What has the very name is always asked. */
const SUGGESTIONS = 5;

/**
 * The project that a person means: by its full path, or by its name when only one of theirs has it. GitLab does not
 * tell a missing project from an invisible one, and neither do we; suggested are only projects that the asker is a
 * member of.
 *
 * Errors: `ambiguous`, with the projects that could be meant; `not-found`.
 */
export async function findProject(path: string, asker: User, gitlab: GitLab): Promise<Project> {
  const isFull = path.includes('/');
  const found = isFull ? await visibleProject(path, asker, gitlab) : undefined;
  if (found !== undefined) return found;
  const near = await candidates(path, asker, gitlab);
  const [only] = near.filter((one) => nameOf(one) === path.toLowerCase());
  if (!isFull && only !== undefined && near.filter((one) => nameOf(one) === path.toLowerCase()).length === 1)
    return (await gitlab.project(only.path_with_namespace)) ?? only;
  const names = near.map((one) => one.path_with_namespace);
  throw new EdgeError({
    part: 'gitlab',
    code: names.length > 0 ? 'ambiguous' : 'not-found',
    forPerson: {
      what: isFull
        ? `There is no project ${path}, or you and I can’t both see it`
        : `No single project of yours is called ${path}`,
      ...(names.length > 0 ? { why: `did you mean ${names.join(', ')}?`, meant: { word: path, names } } : {}),
      next:
        names.length > 0
          ? 'ask again with the full path'
          : 'check the path (GROUP/PROJECT), and that you and Registrar’s GitLab user are members there',
    },
  });
}

/** The project of that path, unless the asker may not know of it: Registrar's own user sees more than they do. */
export async function visibleProject(path: string, asker: User, gitlab: GitLab): Promise<Project | undefined> {
  const found = await gitlab.project(path);
  if (found === undefined || found.visibility === 'public' || found.visibility === 'internal') return found;
  return (await gitlab.accessLevel(found.id, asker.id)) === undefined ? undefined : found;
}

async function candidates(path: string, asker: User, gitlab: GitLab): Promise<Project[]> {
  const name = path.split('/').at(-1) ?? path;
  const group = path.includes('/') ? path.split('/')[0] : undefined;
  const searches = [name, name.slice(0, 3), ...(group === undefined ? [] : [group])].filter(
    (words) => words.length > 1,
  );
  const found = (await Promise.all(searches.map((words) => gitlab.searchProjects(words)))).flat();
  const distinct = [...new Map(found.map((one) => [one.id, one])).values()];
  const ranked = distinct
    .map((one) => ({
      one,
      far: path.includes('/') ? distance(one.path_with_namespace, path) : distance(nameOf(one), path.toLowerCase()),
    }))
    .filter(({ far }) => far <= Math.max(3, path.length / 3))
    .sort((a, b) => a.far - b.far)
    .filter(({ far }, rank) => far === 0 || rank < SUGGESTIONS);
  const visible = await Promise.all(
    ranked.map(async ({ one }) => ((await gitlab.accessLevel(one.id, asker.id)) === undefined ? [] : [one])),
  );
  return visible.flat();
}

function nameOf({ path_with_namespace }: Project): string {
  return path_with_namespace.split('/').at(-1)?.toLowerCase() ?? '';
}
