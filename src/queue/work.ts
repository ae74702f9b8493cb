import { randomUUID } from 'node:crypto';
import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Answer, answer, text } from '../chat/answer.js';
import { EdgeError, messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { PREFIX } from './connection.js';
import { type AnyJob, JOBS, type JobOf, type JobQueue } from './jobs.js';
import type { Replies, Say } from './replies.js';

/** Does one job. Resumable: it may be killed at any instruction and called again with the same data. */
export type Handler<Q extends JobQueue> = (data: JobOf<Q>, say: Say) => Promise<void>;

export interface WorkContext {
  redis: Redis;
  replies: Replies;
  log: Logger;
  now: () => number;
}

/**
 * Serves a queue. What a handler throws becomes an answer: a part that may come back delays the job and says so, the
 * use-by time ends the waiting, and a fault of ours is told with a number that the log knows.
 */
export function serve<Q extends JobQueue>(
  queue: Q,
  handler: Handler<Q>,
  context: WorkContext,
  concurrency = 8,
): Worker {
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
      const data = parsed.data as JobOf<Q>;
      const say = context.replies.to(data.replyTo, messageKey(data));
      if (context.now() > data.useBy) {
        await say(expired());
        return;
      }
      try {
        await handler(data, say);
      } catch (error) {
        const delay = await settle(error, data, say, { queue, job: job.id }, context);
        if (delay === undefined) return;
        await job.moveToDelayed(context.now() + delay, token);
        throw new DelayedError();
      }
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
}

/** The message that a job's answers go to: its own, or the one that held the pressed button. */
function messageKey(data: AnyJob): string {
  return ('message' in data ? data.message : undefined) ?? data.requestId;
}

async function settle(
  error: unknown,
  data: AnyJob,
  say: Say,
  where: object,
  { now, log }: WorkContext,
): Promise<number | undefined> {
  if (error instanceof EdgeError) {
    log.warn({ ...where, part: error.part, code: error.code, error: messageOf(error) }, 'job met a failing part');
    if (error.retry !== 'never' && now() + error.retry.afterMs < data.useBy) {
      await say(waiting(error, data.useBy - now()));
      return error.retry.afterMs;
    }
    await say(failed(error));
    return undefined;
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

/** What the person reads when a part of the world failed for good. */
export function failed({ forPerson: { what, why, next } }: EdgeError): Answer {
  return answer('fail', sentence(what), {
    kind: 'facts',
    facts: [...(why === undefined || why === '' ? [] : [{ label: 'because', text: why }]), { label: 'do', text: next }],
  });
}

function waiting({ forPerson: { what, why, next } }: EdgeError, remainingMs: number): Answer {
  return answer(
    'running',
    sentence(what),
    {
      kind: 'facts',
      facts: [
        ...(why === undefined || why === '' ? [] : [{ label: 'because', text: why }]),
        { label: 'do', text: next },
      ],
    },
    { kind: 'footer', text: `I try again by myself for another ${duration(remainingMs)}; this message will change.` },
  );
}

function expired(): Answer {
  return answer(
    'warn',
    'This request became too old before it could be done',
    text('Nothing was changed. The part that was missing is back: ask again if you still want it.'),
  );
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function duration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes >= 120 ? `${Math.round(minutes / 60)} hours` : `${minutes} minute${minutes === 1 ? '' : 's'}`;
}
