import { requireJobLogs } from '../access/authorize.js';
import type { Config, Instance } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import { type JobAddress, jobAt } from '../gitlab/job-url.js';
import type { Job, User } from '../gitlab/schema.js';
import type { OpenInstance } from '../instance.js';

/** The instance whose GitLab a job's address is of. Errors: `not-found`: none of the configuration's. */
export function locateJob(url: string, { instances }: Config): { instance: Instance; address: JobAddress } {
  for (const instance of instances) {
    const address = jobAt(url, instance.gitlab.url);
    if (address !== undefined) return { instance, address };
  }
  throw notFound(
    'That job is of a GitLab that I don’t know',
    `I know ${instances.map(({ gitlab }) => gitlab.url).join(', ')}, and go to no other`,
    'paste the job’s log instead',
  );
}

/**
 * A job and what it printed, streamed. `reader`: the user who asks; without one nobody does (GitLab's own hook, or
 * whoever runs Registrar).
 *
 * Errors: `not-found`, in the same words for a project that is not there and for one that the reader may not see.
 */
export async function openJobLog(
  { project: path, job: id }: JobAddress,
  { gitlab, trace }: OpenInstance,
  reader: User | undefined,
): Promise<{ job: Job; chunks: AsyncIterable<Buffer> }> {
  const found = await gitlab.project(path);
  const project = reader === undefined ? found : await requireJobLogs(found, path, reader, gitlab);
  const job = project === undefined ? undefined : await gitlab.job(project.id, id);
  if (project !== undefined && job !== undefined) return { job, chunks: await trace(project.id, job.id) };
  throw notFound(
    `There is no job ${id} in ${path}`,
    project === undefined ? 'Registrar’s token does not see the project' : undefined,
    'copy the address of the job’s page from GitLab once more',
  );
}

function notFound(what: string, why: string | undefined, next: string): EdgeError {
  const forPerson = { what, next, ...(why === undefined ? {} : { why }) };
  return new EdgeError({ part: 'gitlab', code: 'not-found', forPerson });
}
