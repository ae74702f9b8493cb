import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { PREFIX } from './connection.js';
import { JOBS } from './jobs.js';

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
