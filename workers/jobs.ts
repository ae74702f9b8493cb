import type { Job } from 'bullmq';
import type { Answer } from '../src/chat/answer.js';
import type { Person } from '../src/chat/request.js';
import { EdgeError } from '../src/errors.js';
import { isOperator } from '../src/operations/permit.js';
import { type AnyJob, JOBS, type JobOf, type JobQueue } from '../src/queue/jobs.js';
import { openQueues } from '../src/queue/queues.js';
import { cancelled } from '../src/queue/troubles.js';
import { type Handler, messageKey } from '../src/queue/work.js';
import { cancelRun } from '../src/runs/cancel.js';
import { onlyReads } from '../src/runs/reading.js';
import { jobsAnswer, runAnswer, type Underway } from '../src/runs/report.js';
import { runId } from '../src/runs/run.js';
import { RunStore } from '../src/runs/store.js';
import type { WorkerContext } from './context.js';

/** Jobs of a queue and a state that are looked at. */
const EACH = 50;
const NAMES = (Object.keys(JOBS) as JobQueue[]).filter((name) => name !== 'jobs');

/** What is under way, what was done for an answer, and an end to what nobody wants any more. */
export function jobsWorker(context: WorkerContext): Handler<'jobs'> {
  return async (data, say) => {
    if (data.task === 'run') return say({ ...(await told(data, context)), quiet: true });
    const note = data.task === 'cancel' ? await cancel(data, context) : undefined;
    const all = await underway(data.person, context);
    await say({
      ...jobsAnswer(
        all.filter(({ run }) => note === undefined || run !== runOf(data)),
        context.now(),
        note,
      ),
      quiet: true,
    });
  };
}

function runOf(data: JobOf<'jobs'>): string | undefined {
  return 'run' in data ? data.run : undefined;
}

async function told({ run, person }: Extract<JobOf<'jobs'>, { task: 'run' }>, context: WorkerContext): Promise<Answer> {
  const found = await new RunStore(context.redis, context.now).read(run);
  if (found === undefined || !(found.people.some((one) => isSame(one, person)) || (await operates(person, context))))
    throw noRun(run);
  return runAnswer(found);
}

interface Found {
  queue: JobQueue;
  job: Job;
  data: AnyJob;
  is: Underway['is'];
}

/** Every job that a person asked for and that has not ended. */
async function jobsNow<T>({ redis }: WorkerContext, use: (found: Found[]) => Promise<T>): Promise<T> {
  const queues = openQueues(NAMES, redis);
  try {
    const found = await Promise.all(
      queues.flatMap((queue) =>
        (['active', 'delayed', 'waiting'] as const).map(async (state) => {
          const jobs = await queue.getJobs([state], 0, EACH - 1, true);
          const is = state === 'active' ? 'running' : state === 'delayed' ? 'put-off' : 'waiting';
          return jobs.flatMap((job): Found[] => {
            const name = queue.name as JobQueue;
            // One that ended in between is listed as nothing.
            const read = job === undefined ? undefined : JOBS[name].safeParse(job.data);
            return read?.success === true && read.data.person.id !== ''
              ? [{ queue: name, job, data: read.data as AnyJob, is }]
              : [];
          });
        }),
      ),
    );
    return await use(found.flat());
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
  }
}

async function underway(person: Person, context: WorkerContext): Promise<Underway[]> {
  const mayAll = await operates(person, context);
  const store = new RunStore(context.redis, context.now);
  return jobsNow(context, async (found) => {
    const theirs = found.filter(({ data }) => mayAll || isSame(data.person, person));
    const all = await Promise.all(
      theirs.map(async ({ queue, job, data, is }): Promise<Underway> => {
        const run = runId(data.requestId);
        const said = (await store.read(run))?.said.at(-1)?.title;
        return {
          ...{ run, is, asked: data.asked ?? queue, mayCancel: mayCancel(queue, data, job) },
          at:
            is === 'put-off'
              ? (job.processedOn ?? job.timestamp) + job.delay
              : is === 'running'
                ? (job.processedOn ?? job.timestamp)
                : job.timestamp,
          ...(said === undefined ? {} : { said }),
          ...(isSame(data.person, person) ? {} : { by: `${data.person.platform} ${data.person.id}` }),
        };
      }),
    );
    return all.sort((a, b) => a.at - b.at);
  });
}

/** What only looks may be given up; what changes something, before a worker has taken it. */
function mayCancel(queue: JobQueue, data: AnyJob, job: Job): boolean {
  return onlyReads(queue, data) || job.attemptsStarted === 0;
}

/** Gives what to tell about it. Errors: `not-found`, `not-allowed`. */
async function cancel(
  { run, person }: Extract<JobOf<'jobs'>, { task: 'cancel' }>,
  context: WorkerContext,
): Promise<string> {
  const mayAll = await operates(person, context);
  return jobsNow(context, async (found) => {
    const one = found.find(({ data }) => runId(data.requestId) === run);
    if (one === undefined) return `Run ${run} has ended already.`;
    const { queue, job, data, is } = one;
    if (!mayAll && !isSame(data.person, person)) return `Run ${run} has ended already.`;
    if (!mayCancel(queue, data, job))
      return `Run ${run} has begun to change something: its own message has the buttons to undo it.`;
    context.log.info({ audit: 'cancel', run, queue, person }, 'a request is cancelled');
    if (is !== 'running' && (await removed(job))) {
      await context.replies.to(data.replyTo, messageKey(data), run)(cancelled());
      return `Run ${run} is cancelled.`;
    }
    if (!onlyReads(queue, data))
      return `Run ${run} has just begun to change something: its own message has the buttons to undo it.`;
    await cancelRun(context.redis, run);
    return `Run ${run} is cancelled.`;
  });
}

/** False: a worker has it. */
async function removed(job: Job): Promise<boolean> {
  try {
    await job.remove();
    return true;
  } catch {
    return false;
  }
}

function isSame(one: Person, other: Person): boolean {
  return one.platform === other.platform && one.id === other.id;
}

/** Of any instance, by the configuration alone: GitLab may be what is down. */
async function operates(person: Person, { config, identities }: WorkerContext): Promise<boolean> {
  for (const instance of config.current().instances) {
    try {
      if (isOperator(await identities.nameOf(person, instance), instance)) return true;
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
    }
  }
  return false;
}

function noRun(run: string): EdgeError {
  return new EdgeError({
    part: 'registrar',
    code: 'not-found',
    forPerson: {
      what: `There is no run ${run} of yours`,
      why: 'runs are remembered for a week; who asked can read theirs, and operations.people every one',
      next: 'compare the id with the small print under the answer',
    },
  });
}
