import { FlowProducer, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import pMap from 'p-map';
import type { ReplyAddress } from '../../chat/request.js';
import { PREFIX } from '../../queue/connection.js';
import { jobId } from '../../queue/dispatcher.js';
import type { AnyJob, JobOf } from '../../queue/jobs.js';
import { type Bulk, inTurns } from './bulk.js';

/** So long it is news that the registry moved. Milliseconds. */
const WANTED_MS = 7 * 86_400_000;
/** Progress is edited no more often. Milliseconds. Source: chat.update is in Slack's tier 3, 50 a minute. */
const PROGRESS_MS = 3_000;
const AT_ONCE = 16;

/** What every job of a bulk has in common: who asked, and which message is edited. */
export type BulkRun = Pick<AnyJob, 'person' | 'replyTo' | 'useBy'> & { message: string };

/**
 * A job a token, and one that ends the bulk when all had their turn: BullMQ's flow. Adding it twice is adding it once,
 * by the jobs' ids.
 */
export async function startFlow(bulk: Bulk, run: BulkRun, redis: Redis): Promise<void> {
  const { id, instance, targets } = bulk;
  const flow = new FlowProducer({ connection: redis, prefix: PREFIX });
  flow.on('error', () => {});
  const opts = { removeOnComplete: { age: 86_400 }, removeOnFail: { age: 7 * 86_400 } };
  const endId = `bulk-end-${id}`;
  try {
    await flow.add({
      name: 'bulk',
      queueName: 'bulk',
      data: { ...run, step: 'end', requestId: endId, bulkId: id },
      opts: { ...opts, jobId: jobId(endId) },
      children: inTurns(targets).map((index) => ({
        name: 'bulk-token',
        queueName: 'bulk-token',
        data: { ...run, requestId: tokenRequest(id, index), bulkId: id, index, instance, target: targets[index] },
        opts: { ...opts, jobId: jobId(tokenRequest(id, index)), ignoreDependencyOnFailure: true },
      })),
    });
  } finally {
    await flow.close();
  }
}

/**
 * Has the progress told soon: once for all tokens that ask for it until then, and after the last of them in any case.
 * They know nothing of each other, nor of the list.
 */
export async function tellSoon(bulkId: string, run: BulkRun, now: number, queue: Queue): Promise<void> {
  const slot = Math.floor(now / PROGRESS_MS) + 1;
  const requestId = `bulk-progress-${bulkId}-${slot}`;
  const { person, replyTo, useBy, message } = run;
  const data: JobOf<'bulk'> = { person, replyTo, useBy, message, step: 'progress', requestId, bulkId };
  await queue.add('bulk', data, {
    jobId: jobId(requestId),
    delay: slot * PROGRESS_MS - now,
    removeOnComplete: true,
    removeOnFail: { age: 86_400 },
  });
}

/** Has the tokens looked for that did not follow the registry to its new address; nobody asked. Once, by `since`. */
export async function planMove(
  {
    instance,
    from,
    to,
    since,
    replyTo,
  }: { instance: string; from: string; to: string; since: number; replyTo: ReplyAddress },
  now: number,
  redis: Redis,
): Promise<void> {
  const queue = openQueue('bulk', redis);
  const requestId = `moved-${instance}-${to}-${since}`;
  const data: JobOf<'bulk'> = {
    ...{ step: 'plan', instance, requestId, filter: { is: 'stale' }, moved: { from, to }, unasked: true },
    person: { platform: replyTo.platform, id: '' },
    replyTo,
    useBy: now + WANTED_MS,
  };
  try {
    await queue.add('bulk', data, { jobId: jobId(requestId), removeOnComplete: { age: 86_400 } });
  } finally {
    await queue.close();
  }
}

/** Tokens that wait have their turn now. False when one was just at work, and may go on waiting afterwards. */
export async function hasten(bulkId: string, indices: readonly number[], redis: Redis): Promise<boolean> {
  const queue = openQueue('bulk-token', redis);
  try {
    const hastened = await pMap(
      indices,
      async (index) => {
        const job = await queue.getJob(jobId(tokenRequest(bulkId, index)));
        const state = await job?.getState();
        // Between the two it may have begun by itself.
        if (state === 'delayed') await job?.promote().catch(() => {});
        return state !== 'active';
      },
      { concurrency: AT_ONCE },
    );
    return hastened.every(Boolean);
  } finally {
    await queue.close();
  }
}

export function openQueue(name: 'bulk' | 'bulk-token', redis: Redis): Queue {
  const queue = new Queue(name, { connection: redis, prefix: PREFIX });
  queue.on('error', () => {});
  return queue;
}

/** The request of one token of a bulk. */
export function tokenRequest(bulkId: string, index: number): string {
  return `bulk-token-${bulkId}-${index}`;
}
