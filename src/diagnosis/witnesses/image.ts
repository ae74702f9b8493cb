import { type Denied, deniedIn } from '../denied.js';
import type { Diagnosis } from '../diagnosis.js';
import type { ImageFinding } from '../findings.js';
import { isSuspected, type Testimony, type Witness } from '../testimony.js';

/** Whose the image's path is, and whether it is there. */
export const image: Witness<ImageFinding> = (finding, diagnosis) => {
  const denied = deniedIn(diagnosis);
  if (finding.name.host !== finding.registryHost) return elsewhere(finding, diagnosis);
  return [
    ...outside(finding, diagnosis, denied),
    ...repository(finding, diagnosis, denied),
    ...tag(finding, diagnosis),
  ];
};

function elsewhere({ name: { host, path }, registryHost }: ImageFinding, diagnosis: Diagnosis): Testimony[] {
  const where = host === undefined ? 'names no host, and so Docker Hub' : `names ${host}`;
  const why = `${path} ${where}; the registry of this GitLab is ${registryHost}`;
  return [{ cause: 'wrong-registry', says: isSuspected(diagnosis, 'wrong-registry') ? 'supports' : 'remarks', why }];
}

/** GitLab grants a push below the credentials' own project and nowhere else; the project's token is no other's. */
function outside(
  { name: { path }, registryHost, job, boundTo, owner }: ImageFinding,
  diagnosis: Diagnosis,
  denied: Denied,
): Testimony[] {
  if (job === undefined || job.under || denied.action !== 'push' || !denied.silently) return [];
  const should = `${registryHost}/${properPath(job.path, path)}`;
  const whose = owner === undefined ? 'belongs to no project that you can see' : `belongs to ${owner}`;
  const cause = 'image-outside-project';
  if (boundTo !== undefined) {
    const why = `${path} ${whose}, and ${boundTo} pushes to ${job.path} alone: the image has to be named ${should}`;
    return [{ cause, says: 'confirms', why }];
  }
  if (!isSuspected(diagnosis, cause)) return [];
  return [{ cause, says: 'supports', why: `${path} ${whose}, and the job to ${job.path}: it would be ${should}` }];
}

/** The name that the image should have: the project's own, with the last part of the name it was given. Pure. */
function properPath(project: string, path: string): string {
  const own = project.toLowerCase();
  const last = path.split('/').at(-1) ?? '';
  return last === '' || own.endsWith(`/${last}`) ? own : `${own}/${last}`;
}

/**
 * A repository that is not there explains both "name unknown" and "manifest unknown": without the metadata database
 * the registry looks for the tag alone. Words of a missing right it does not explain: GitLab grants those by project.
 */
function repository(
  { name: { path }, owner, repository: state }: ImageFinding,
  diagnosis: Diagnosis,
  { silently, action }: Denied,
): Testimony[] {
  const cause = 'name-unknown';
  if (silently) {
    if (owner !== undefined || action === 'push' || !isSuspected(diagnosis, cause)) return [];
    return [{ cause, says: 'remarks', why: `no project that you can see has images named ${path}` }];
  }
  if (state === 'missing' && isSuspected(diagnosis, cause, 'manifest-unknown') && !isOfPlatform(diagnosis))
    return [{ cause, says: 'confirms', why: `${owner} has no image repository ${path}` }];
  if (state === 'there' && isSuspected(diagnosis, cause))
    return [{ cause, says: 'remarks', why: `${owner} has the image repository ${path}, now` }];
  return [];
}

function tag({ name: { path }, tag: found }: ImageFinding, diagnosis: Diagnosis): Testimony[] {
  const cause = 'manifest-unknown';
  if (found === undefined || !isSuspected(diagnosis, cause) || isOfPlatform(diagnosis)) return [];
  if (found.is === 'missing') return [{ cause, says: 'confirms', why: `${path} has no tag ${found.name}` }];
  const since = found.since === undefined ? '' : ` (made ${found.since.slice(0, 16).replace('T', ' ')})`;
  return [{ cause, says: 'remarks', why: `${path} has the tag ${found.name}${since}, now` }];
}

/** The image is there, for another kind of machine. */
function isOfPlatform({ facts }: Diagnosis): boolean {
  return /platform|architecture|matching manifest/i.test(facts?.failure ?? '');
}
