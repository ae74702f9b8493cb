import { ProjectPath } from './path.js';

/** A job of a project. */
export interface JobAddress {
  /** Everything in front of the project's path: scheme, host, port, and the path that GitLab may live under. */
  gitlab: string;
  project: string;
  job: number;
}

/** Scheme, host, project and number; GitLab's older pages lack the dash. */
const JOB = /^(https?:\/\/[^\s/?#@]+)\/([^\s?#]{1,500}?)(?:\/-)?\/jobs\/([1-9]\d{0,15})(?:[/?#]\S{0,200})?$/;

/**
 * Takes the address of a job's page apart, if it is one of the GitLab at `gitlabUrl` (without a slash at the end).
 * Pure. The host is the configuration's, never the text's: what is fetched goes there.
 */
export function jobAt(url: string, gitlabUrl: string): JobAddress | undefined {
  const found = JOB.exec(url.trim());
  if (found === null) return undefined;
  const [, origin = '', path = '', id = ''] = found;
  const full = `${origin}/${path}`;
  if (!full.toLowerCase().startsWith(`${gitlabUrl.toLowerCase()}/`)) return undefined;
  const project = full.slice(gitlabUrl.length + 1);
  return ProjectPath.safeParse(project).success ? { gitlab: gitlabUrl, project, job: Number(id) } : undefined;
}

/** Is the text nothing but the address of a job? Pure. */
export function isJobUrl(text: string): boolean {
  return JOB.test(text.trim());
}
