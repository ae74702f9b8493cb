import { FlowProducer, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { PREFIX } from '../../queue/connection.js';
import { jobId } from '../../queue/dispatcher.js';
import type { AnyJob, JobOf } from '../../queue/jobs.js';
import type { Bulk } from './bulk.js';

/** So long it is news that the registry moved. Milliseconds. */
const WANTED_MS = 7 * 86_400_000;

/** What every job of a bulk has in common: who asked, and which message is edited. */
export type BulkRun = Pick<AnyJob, 'person' | 'replyTo' | 'useBy'> & { message: string };

/**
 * A job a token, and one that ends the bulk when all had their turn: BullMQ's flow. Adding it twice is adding it once,
 * by the jobs' ids.
 */
export async function startFlow({ id, instance, targets }: Bulk, run: BulkRun, redis: Redis): Promise<void> {
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
      children: targets.map((target, index) => ({
        name: 'bulk-token',
        queueName: 'bulk-token',
        data: { ...run, requestId: tokenRequest(id, index), bulkId: id, index, instance, target },
        opts: { ...opts, jobId: jobId(tokenRequest(id, index)), ignoreDependencyOnFailure: true },
      })),
    });
  } finally {
    await flow.close();
  }
}

/** Has the tokens looked for that did not follow the registry to its new address; nobody asked. Once, by its id. */
export async function planMove(
  { instance, from, to, slack }: { instance: string; from: string; to: string; slack: string },
  now: number,
  redis: Redis,
): Promise<void> {
  const queue = new Queue('bulk', { connection: redis, prefix: PREFIX });
  queue.on('error', () => {});
  const requestId = `moved-${instance}-${to}`;
  const data: JobOf<'bulk'> = {
    ...{ step: 'plan', instance, requestId, filter: { is: 'stale' }, moved: { from, to }, unasked: true },
    person: { platform: 'slack', id: '' },
    replyTo: { platform: 'slack', channel: slack, person: '' },
    useBy: now + WANTED_MS,
  };
  try {
    await queue.add('bulk', data, { jobId: jobId(requestId), removeOnComplete: { age: 86_400 } });
  } finally {
    await queue.close();
  }
}

/** Tokens that wait have their turn now. */
export async function hasten(bulkId: string, indices: readonly number[], redis: Redis): Promise<void> {
  const queue = new Queue('bulk-token', { connection: redis, prefix: PREFIX });
  queue.on('error', () => {});
  try {
    for (const index of indices) {
      const job = await queue.getJob(jobId(tokenRequest(bulkId, index)));
      // One that is just at work is not delayed any more.
      if (await job?.isDelayed()) await job?.promote().catch(() => {});
    }
  } finally {
    await queue.close();
  }
}

/** The request of one token of a bulk. */
export function tokenRequest(bulkId: string, index: number): string {
  return `bulk-token-${bulkId}-${index}`;
}
