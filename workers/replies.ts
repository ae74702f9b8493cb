import { DelayedError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { recallPlace } from '../src/chat/places.js';
import type { Chat } from '../src/chat/port.js';
import { quietUntil } from '../src/chat/quiet-hours.js';
import { withSecrets } from '../src/chat/secret.js';
import type { QuietHours } from '../src/config/quiet-hours.js';
import { EdgeError, messageOf } from '../src/errors.js';
import type { Logger } from '../src/log.js';
import { PREFIX } from '../src/queue/connection.js';
import { ReplyJob } from '../src/queue/jobs.js';
import { sequenceKey } from '../src/queue/replies.js';
import { withRun } from '../src/runs/report.js';
import type { Seal } from '../src/secrets/seal.js';

/** First and longest pause before an answer is tried again. Milliseconds. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 600_000;

/**
 * Delivers answers to one platform: edited in place, in order, with retries. A chat outage delays an answer; it
 * never loses it, and never repeats the work. `seal` opens what only the asker may see.
 */
export function serveReplies(
  queue: string,
  chat: Chat,
  redis: Redis,
  log: Logger,
  seal: Seal,
  quietHours: () => QuietHours | undefined,
  now: () => number = Date.now,
): Worker {
  const worker = new Worker(
    queue,
    async (job, token) => {
      const reply = ReplyJob.parse(job.data);
      // A newer answer of the same message is on its way: this one would only cost a call and flicker.
      if (Number(await redis.get(sequenceKey(reply.key))) > reply.sequence) return;
      const later = await waitsUntil(reply);
      if (later !== undefined) {
        await job.moveToDelayed(later, token);
        throw new DelayedError();
      }
      try {
        await chat.deliver({ ...reply, answer: withRun(withSecrets(reply.answer, seal), reply.run) });
      } catch (error) {
        if (!(error instanceof EdgeError) || error.retry === 'never') throw error;
        log.warn({ part: error.part, code: error.code, error: messageOf(error) }, 'answer not delivered yet');
        await job.moveToDelayed(now() + Math.max(error.retry.afterMs, pause(job.attemptsStarted)), token);
        throw new DelayedError();
      }
    },
    // One at a time: the order of a message's answers is then the queue's.
    {
      connection: redis,
      prefix: PREFIX,
      concurrency: 1,
      maxStalledCount: 100,
      stalledInterval: 5_000,
      lockDuration: 30_000,
    },
  );
  worker.on('failed', (job, error) => log.error({ queue, job: job?.id, error: messageOf(error) }, 'answer given up'));
  worker.on('error', (error) => log.warn({ queue, error: messageOf(error) }, 'replies worker'));
  return worker;

  /** What nobody asked for waits for the end of the quiet hours; an edit wakes nobody, and what is urgent must. */
  async function waitsUntil({ address, key, answer }: ReplyJob): Promise<number | undefined> {
    const hours = quietHours();
    if (hours === undefined || address.person !== '' || answer.urgent === true) return undefined;
    const until = quietUntil(now(), hours);
    if (until === undefined || Object.keys(await recallPlace(redis, key)).length > 0) return undefined;
    // What stands below a message comes after it.
    return address.under === undefined ? until : until + 1_000;
  }
}

function pause(attempt: number): number {
  return attempt <= 1 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 12));
}
