import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { PREFIX } from './connection.js';
import { JOBS } from './jobs.js';

/** How long a finished job's id is remembered, so that a repeated request is done once. Seconds. */
export const REMEMBERED_SECONDS = 6 * 3600;

/** Of every job that somebody asked for. */
export const JOB_OPTIONS = {
  removeOnComplete: { age: REMEMBERED_SECONDS, count: 20_000 },
  removeOnFail: { age: 7 * 86_400, count: 5_000 },
} as const;

/** The queues that workers serve, whatever the configuration says. */
export const WORKED = [...Object.keys(JOBS), 'watch', 'policies'] as const;

/** Opens queues to be looked at. What Redis fails at is told by the call, not by an event. */
export function openQueues(names: readonly string[], redis: Redis): Queue[] {
  return names.map((name) => {
    // BullMQ would print its own opinion of Redis's settings, once a queue.
    const queue = new Queue(name, { connection: redis, prefix: PREFIX, skipVersionCheck: true });
    queue.on('error', () => {});
    return queue;
  });
}
