import type { Redis } from 'ioredis';
import { PREFIX } from '../queue/connection.js';

/** Upper ends of a job's durations. Seconds. */
const BUCKETS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** How a job ended: done, put off because a part of the world was down, or failed by a fault of Registrar. */
export type Outcome = 'done' | 'put-off' | 'fault';

const JOBS_KEY = `${PREFIX}:metrics:jobs`;
const CAUSES_KEY = `${PREFIX}:metrics:causes`;

/** In Redis, so that all workers count together and no restart begins anew. */
export async function countJob(redis: Redis, queue: string, outcome: Outcome, seconds: number): Promise<void> {
  const field = (what: string) => `${queue} ${outcome} ${what}`;
  const writes = redis.multi().hincrbyfloat(JOBS_KEY, field('sum'), seconds).hincrby(JOBS_KEY, field('count'), 1);
  // Each bucket is there from the first job on: whoever reads need know of none.
  for (const le of BUCKETS) writes.hincrby(JOBS_KEY, field(String(le)), seconds <= le ? 1 : 0);
  await writes.exec();
}

export async function countCause(redis: Redis, cause: string): Promise<void> {
  await redis.hincrby(CAUSES_KEY, cause, 1);
}

export interface JobCount {
  queue: string;
  outcome: string;
  /** `sum`, `count`, or a bucket's upper end. */
  what: string;
  value: number;
}

export async function jobCounts(redis: Redis): Promise<JobCount[]> {
  return Object.entries(await redis.hgetall(JOBS_KEY)).map(([field, value]) => {
    const [queue = '', outcome = '', what = ''] = field.split(' ');
    return { queue, outcome, what, value: Number(value) };
  });
}

export async function causeCounts(redis: Redis): Promise<[cause: string, times: number][]> {
  return Object.entries(await redis.hgetall(CAUSES_KEY)).map(([cause, times]) => [cause, Number(times)]);
}
