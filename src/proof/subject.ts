import type { Diagnosis } from '../diagnosis/diagnosis.js';
import { refusalOf } from '../diagnosis/refusal.js';
import { ProjectPath, projectPathsOf } from '../gitlab/path.js';
import { type Project, ROLES } from '../gitlab/schema.js';
import type { OpenInstance } from '../instance.js';
import type { Reference } from '../registry/reference.js';
import type { Sight } from './asker.js';
import { NotLooked, type Scene } from './probe.js';

/** The image that the log's failure is about, where it is of the instance's own registry. */
export function imageOfOurs({ facts }: Diagnosis, { config }: OpenInstance): Reference | undefined {
  const name = facts === undefined ? undefined : refusalOf(facts).name;
  return name?.host === new URL(config.registry.url).host ? name : undefined;
}

/**
 * The job's project, else the image's.
 *
 * Errors: {@link NotLooked} when the log names none, or unless who asks is a Developer there.
 */
export async function projectOf(
  diagnosis: Diagnosis,
  { gitlab }: OpenInstance,
  image: Reference | undefined,
  sight: () => Promise<Sight>,
  imageProject: () => Promise<Project | undefined>,
): Promise<Project> {
  const path = diagnosis.facts?.project ?? (image?.path.includes('/') === true ? image.path : undefined);
  if (path === undefined || !ProjectPath.safeParse(path).success)
    throw new NotLooked('GitLab, for the log names no project');
  // Who asks is settled first: somebody unknown must not learn from the answer whether a project is there.
  const { role } = await sight();
  const project = diagnosis.facts?.project === undefined ? await imageProject() : await gitlab.project(path);
  if (project !== undefined && (await role(project)) >= ROLES.developer) return project;
  throw hidden(path);
}

/** The project that an image's path belongs to by GitLab's rule, if whoever asks may know that it is there. */
export async function imageProjectOf(
  image: Reference | undefined,
  { gitlab }: OpenInstance,
  sight: () => Promise<Sight>,
): Promise<Project | undefined> {
  const paths = image === undefined ? [] : projectPathsOf(image.path);
  if (paths.length === 0) return undefined;
  const { sees } = await sight();
  const found = (await Promise.all(paths.map((path) => gitlab.project(path)))).find((one) => one !== undefined);
  return found !== undefined && (await sees(found)) ? found : undefined;
}

/**
 * The project whose registry was asked: the image's, else the job's.
 *
 * Errors: {@link NotLooked} unless who asks is a Developer there.
 */
export async function askedProject({ diagnosis, instance, imageProject, project, role }: Scene): Promise<Project> {
  const image = imageOfOurs(diagnosis, instance);
  if (image === undefined) return project();
  const found = await imageProject();
  if (found !== undefined && (await role(found)) >= ROLES.developer) return found;
  throw hidden(image.path);
}

/** The log's repository, where it is in a project that whoever asks develops. */
export async function knownRepository({ diagnosis, instance, imageProject, role }: Scene): Promise<string | undefined> {
  const image = imageOfOurs(diagnosis, instance);
  if (image === undefined) return undefined;
  try {
    const project = await imageProject();
    return project !== undefined && (await role(project)) >= ROLES.developer ? image.path : undefined;
  } catch {
    // Somebody unknown, or a GitLab that does not tell: other probes say so.
    return undefined;
  }
}

/** The same words whether it is not there or not for who asks, as in GitLab. */
function hidden(path: string): NotLooked {
  return new NotLooked(`${path} in GitLab: it is not there, or you are no Developer in it`, path);
}
