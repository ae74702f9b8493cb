import { randomUUID } from 'node:crypto';
import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { AliasStore } from '../aliases/store.js';
import { answer, text } from '../chat/answer.js';
import { EdgeError, messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { countJob, type Outcome } from '../metrics/count.js';
import { Cancelled } from '../runs/cancel.js';
import { type Followed, follow, type Runs } from '../runs/follow.js';
import { onlyReads } from '../runs/reading.js';
import { PREFIX } from './connection.js';
import { type AnyJob, JOBS, type JobOf, type JobQueue } from './jobs.js';
import type { Replies, Say } from './replies.js';
import { expired, failed, waiting } from './troubles.js';

/** Does one job. Resumable: it may be killed at any instruction and called again with the same data. */
export type Handler<Q extends JobQueue> = (data: JobOf<Q>, say: Say) => Promise<void>;

/** Thrown by a handler that is neither done nor in trouble: it is called again with the same data in so many milliseconds. */
export class Postponed extends Error {
  readonly ms: number;

  constructor(ms: number) {
    super(`to be called again in ${ms} ms`);
    this.ms = ms;
  }
}

/** Pause before something half done is tried again although its error says that time does not mend it. Milliseconds. */
const UNFINISHED_MS = 60_000;
/** A part that stays away is asked less and less often, down to this. Milliseconds. */
const LONGEST_PAUSE_MS = 120_000;

export interface WorkOptions<Q extends JobQueue> {
  concurrency?: number;
  /** Has the job begun something that must not stay half done? Then neither its age nor an error ends it. */
  mustFinish?(data: JobOf<Q>): Promise<boolean>;
}

export interface WorkContext {
  redis: Redis;
  replies: Replies;
  log: Logger;
  now: () => number;
  /** What remembers the runs; left out: nothing does. */
  runs?: Runs;
}

/**
 * Serves a queue. What a handler throws becomes an answer: a part that may come back delays the job and says so, the
 * use-by time ends the waiting, and a fault of ours is told with a number that the log knows.
 */
export function serve<Q extends JobQueue>(
  queue: Q,
  handler: Handler<Q>,
  context: WorkContext,
  { concurrency = 8, mustFinish = async () => false }: WorkOptions<Q> = {},
): Worker {
  const aliases = new AliasStore(context.redis);
  const worker = new Worker(
    queue,
    async (job: Job, token?: string) => {
      const parsed = JOBS[queue].safeParse(job.data);
      if (!parsed.success) {
        context.log.error(
          { queue, job: job.id, issues: parsed.error.issues.map(({ path, code }) => ({ path, code })) },
          'job is not understood',
        );
        return;
      }
      const data = (await aliases.applied(parsed.data as AnyJob)) as JobOf<Q>;
      const run = await follow(queue, data, messageKey(data), context);
      if (run === 'joined') return;
      const laterMs = await attempt(job, data, run);
      if (laterMs === undefined) return;
      await job.moveToDelayed(context.now() + laterMs, token);
      throw new DelayedError();
    },
    {
      connection: context.redis,
      prefix: PREFIX,
      concurrency,
      // A worker that is killed leaves its job stalled; it is taken up again, each time, until its use-by time.
      maxStalledCount: 100,
      stalledInterval: 5_000,
      lockDuration: 15_000,
    },
  );
  worker.on('error', (error) => context.log.warn({ queue, error: messageOf(error) }, 'worker'));
  return worker;

  /** Does it once. Gives in how many milliseconds it is to be done again; `undefined`: never. */
  async function attempt(job: Job, data: JobOf<Q>, run: Followed): Promise<number | undefined> {
    // Nobody waits for a job that GitLab's hook made, or for one token of many: of its troubles the log tells.
    const tellTrouble = isUnasked(data) ? async () => {} : run.say;
    if (context.now() > data.useBy && !(await mustFinish(data))) {
      await tellTrouble(expired());
      await run.ended('expired');
      return undefined;
    }
    const begun = performance.now();
    // A count that is lost costs nobody an answer.
    const count = (outcome: Outcome) =>
      countJob(context.redis, queue, outcome, (performance.now() - begun) / 1000).catch(() => {});
    try {
      await run.of(() => handler(data, run.say), onlyReads(queue, data));
      await count('done');
      await run.ended('done');
      return undefined;
    } catch (error) {
      if (error instanceof Cancelled) {
        await run.ended('cancelled');
        return undefined;
      }
      if (error instanceof Postponed) {
        await run.putOff();
        return error.ms;
      }
      await count(error instanceof EdgeError ? 'put-off' : 'fault');
      const unfinished = await mustFinish(data);
      const delay = await settle(error, data, unfinished, tellTrouble, { queue, job: job.id }, context);
      if (delay === undefined) {
        await run.ended(error instanceof EdgeError ? 'failed' : 'fault');
        return undefined;
      }
      await run.putOff();
      return Math.max(delay, pause(job.attemptsStarted));
    }
  }
}

function pause(attempt: number): number {
  return attempt <= 3 ? 0 : Math.min(LONGEST_PAUSE_MS, 5_000 * 2 ** Math.min(attempt - 3, 10));
}

function isUnasked(data: AnyJob): boolean {
  return ('hook' in data && data.hook !== undefined) || ('bulkId' in data && 'index' in data);
}

/** The message that a job's answers go to: its own, or the one that held the pressed button. */
export function messageKey(data: AnyJob): string {
  return ('message' in data ? data.message : undefined) ?? data.requestId;
}

async function settle(
  error: unknown,
  data: AnyJob,
  unfinished: boolean,
  say: Say,
  where: object,
  { now, log }: WorkContext,
): Promise<number | undefined> {
  if (error instanceof EdgeError) {
    log.warn({ ...where, part: error.part, code: error.code, error: messageOf(error) }, 'job met a failing part');
    const afterMs = error.retry === 'never' ? (unfinished ? UNFINISHED_MS : undefined) : error.retry.afterMs;
    if (afterMs !== undefined && (unfinished || now() + afterMs < data.useBy)) {
      await say(waiting(error, unfinished ? undefined : data.useBy - now()));
      return afterMs;
    }
    await say(failed(error, data.asked));
    return undefined;
  }
  if (unfinished) {
    log.error(
      { ...where, error: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
      'a fault of Registrar in what must be finished',
    );
    return UNFINISHED_MS;
  }
  const incident = randomUUID().slice(0, 8);
  log.error(
    { ...where, incident, error: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
    'a fault of Registrar',
  );
  await say(
    answer(
      'fail',
      'Registrar made a mistake',
      text(
        `Nothing else is to be expected of this request. Tell whoever runs Registrar the number ${incident}: its log has the details.`,
      ),
    ),
  );
  return undefined;
}
