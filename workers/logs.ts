import { identify, requireJobLogs } from '../src/access/authorize.js';
import type { Config, Instance } from '../src/config/schema.js';
import { startDiagnosis } from '../src/diagnosis/diagnose.js';
import type { Diagnosis } from '../src/diagnosis/diagnosis.js';
import { EdgeError } from '../src/errors.js';
import { Excerpt } from '../src/feedback/excerpt.js';
import { type JobAddress, jobAt } from '../src/gitlab/job-url.js';
import type { Job } from '../src/gitlab/schema.js';
import { type OpenInstance, withInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import { redact, redactDeep } from '../src/secrets/redact.js';
import type { WorkerContext } from './context.js';

type LogTask = Extract<JobOf<'diagnosis'>, { task: 'log' }>;

/** A log, read to its end. */
export interface ReadLog {
  diagnosis: Diagnosis;
  /** Kinds of secrets that stood in it. */
  leaked: readonly string[];
  excerpt: string;
  /** The job that it is the log of, and whose GitLab that is. */
  job?: { instance: string; project: string; job: Job };
}

/**
 * Reads the log of a task: pasted, in a file, or of a job in GitLab. What was streamed was not redacted on the way:
 * what is shown or kept of it is, here.
 *
 * Errors: `not-found` when the job's GitLab is not configured, or when who asks may not read its log.
 */
export async function readLog(task: LogTask, context: WorkerContext): Promise<ReadLog> {
  const { log } = task;
  if (log.kind === 'text') return readWhole([Buffer.from(log.text)], log.leaked);
  if (log.kind === 'slack-file') return readWhole(await context.openLog(log), []);
  const { instance, address } = jobOf(log.url, context.config.current());
  return withInstance(context.config, instance.name, async (open) => {
    const { projectId, job } = await findJob(address, open, task, context);
    const read = await readWhole(await open.trace(projectId, job.id), []);
    return { ...located(read, address, job), job: { instance: instance.name, project: address.project, job } };
  });
}

async function readWhole(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  known: readonly string[],
): Promise<Omit<ReadLog, 'job'>> {
  const diagnosing = startDiagnosis();
  const excerpt = new Excerpt();
  for await (const chunk of chunks) {
    diagnosing.push(chunk);
    excerpt.push(chunk);
  }
  const diagnosis = redactDeep(diagnosing.end());
  const kept = redact(excerpt.text());
  return {
    diagnosis: diagnosis.value,
    excerpt: kept.text,
    leaked: [...new Set([...known, ...diagnosis.found, ...kept.found])],
  };
}

/** What the address tells, where the log itself did not. */
function located(read: Omit<ReadLog, 'job'>, { project }: JobAddress, { web_url: jobUrl }: Job): Omit<ReadLog, 'job'> {
  const { facts } = read.diagnosis;
  if (facts === undefined) return read;
  return { ...read, diagnosis: { ...read.diagnosis, facts: { project, jobUrl, ...facts } } };
}

function jobOf(url: string, { instances }: Config): { instance: Instance; address: JobAddress } {
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

async function findJob(
  { project: path, job: id }: JobAddress,
  { gitlab }: OpenInstance,
  { hook, person }: LogTask,
  { config }: WorkerContext,
): Promise<{ projectId: number; job: Job }> {
  // Who asks is settled first: somebody unknown must not learn from the answer whether a project is there.
  const user = hook === undefined ? await identify(person, config.current(), gitlab) : undefined;
  const found = await gitlab.project(path);
  const project = user === undefined ? found : await requireJobLogs(found, path, user, gitlab);
  const job = project === undefined ? undefined : await gitlab.job(project.id, id);
  if (project !== undefined && job !== undefined) return { projectId: project.id, job };
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
