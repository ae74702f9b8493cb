import { startDiagnosis } from '../src/diagnosis/diagnose.js';
import type { Diagnosis } from '../src/diagnosis/diagnosis.js';
import { Excerpt } from '../src/feedback/excerpt.js';
import type { JobAddress } from '../src/gitlab/job-url.js';
import type { Job } from '../src/gitlab/schema.js';
import { withInstance } from '../src/instance.js';
import { locateJob, openJobLog } from '../src/proof/job-log.js';
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
  if (log.kind === 'chat-file') return readWhole(await context.openLog(log), []);
  const { instance, address } = locateJob(log.url, context.config.current());
  return withInstance(context.config, instance.name, async (open) => {
    // Who asks is settled first: somebody unknown must not learn from the answer whether a project is there.
    const { hook, person } = task;
    const reader = hook === undefined ? await context.identities.identify(person, instance, open.gitlab) : undefined;
    const { job, chunks } = await openJobLog(address, open, reader);
    const read = await readWhole(chunks, []);
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
