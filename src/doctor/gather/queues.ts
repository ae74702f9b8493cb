import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job, Queue } from 'bullmq';
import { openQueues, WORKED } from '../../queue/queues.js';
import { replyQueues } from '../../queue/replies.js';
import type { Finding } from '../finding.js';
import { judgeQueues, type OutboxSeen, type QueueSeen } from '../queues.js';
import { judgeWorkers } from '../workers.js';
import type { DoctorContext, OpenRedis } from './context.js';

/** Of an error's words so many are shown. Characters. */
const REASON = 200;
/** Of a queue's failed jobs so many are looked at, the newest first. */
const FAILED = 200;

/** What the queues hold, and who serves them: one look at Redis for both. */
export async function lookAtQueues({ connection }: OpenRedis, { config, now }: DoctorContext): Promise<Finding[]> {
  const { dataDir } = config.current();
  const replies = replyQueues(config.current());
  const queues = openQueues([...WORKED, ...replies], connection);
  try {
    const [outbox, ...seen] = await Promise.all([readOutbox(join(dataDir, 'outbox')), ...queues.map(readQueue)]);
    const isReplies = ({ queue }: QueueSeen) => replies.includes(queue);
    return [
      ...judgeWorkers(
        seen.filter((one) => !isReplies(one)),
        seen.filter(isReplies),
      ),
      ...judgeQueues(seen, outbox, now()),
    ];
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
  }
}

async function readQueue(queue: Queue): Promise<QueueSeen> {
  const [workers, counts, [oldest], active, failed] = await Promise.all([
    queue.getWorkersCount(),
    queue.getJobCounts('waiting'),
    queue.getJobs(['waiting'], 0, 0, true),
    queue.getJobs(['active']),
    queue.getJobs(['failed'], 0, FAILED - 1),
  ]);
  const begun = active.flatMap((job) => job?.processedOn ?? []);
  return {
    queue: queue.name,
    workers,
    waiting: counts.waiting ?? 0,
    ...(oldest === undefined ? {} : { waitingSince: dueAt(oldest) }),
    ...(begun.length === 0 ? {} : { activeSince: Math.min(...begun) }),
    failed: failed.flatMap((job) =>
      job?.id === undefined
        ? []
        : [{ id: job.id, at: job.finishedOn ?? job.timestamp, reason: (job.failedReason ?? '').slice(0, REASON) }],
    ),
  };
}

/** Since when it may be done: one that was put off waits from the end of that on. */
function dueAt({ timestamp, processedOn = 0, delay }: Job): number {
  return Math.max(timestamp, processedOn) + delay;
}

async function readOutbox(folder: string): Promise<OutboxSeen> {
  // Before the first app there is no such folder.
  const names = await readdir(folder).catch(() => []);
  return {
    kept: names.filter((name) => name.endsWith('.json')).length,
    bad: names.filter((name) => name.endsWith('.bad')).length,
    folder,
  };
}
