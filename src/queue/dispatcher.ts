import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { onRedisError, PREFIX, producerConnection } from './connection.js';
import { JOBS, type JobOf, type JobQueue } from './jobs.js';

/** How long a finished job's id is remembered, so that a repeated request is done once. Seconds. */
const REMEMBERED_SECONDS = 6 * 3600;
/** A person waits: after this, a request that Redis did not take is kept on disk. Milliseconds. */
const PATIENCE_MS = 1_500;

export interface Dispatched {
  /** `kept`: Redis is down; the request is on disk and will be queued when it is back. */
  is: 'queued' | 'kept';
  /** Of the queue; 0 means that nobody will do the job until a worker is started. Unknown when kept. */
  workers?: number;
}

/**
 * Puts requests into the queues, and loses none: what Redis doesn't take is written to `outbox/` of the data folder
 * and queued when Redis is back, also after a restart.
 */
export class Dispatcher {
  readonly #redis: Redis;
  readonly #queues: Record<JobQueue, Queue>;
  readonly #outbox: string;
  readonly #log: Logger;

  constructor(url: string, dataDir: string, log: Logger) {
    this.#log = log;
    this.#outbox = join(dataDir, 'outbox');
    mkdirSync(this.#outbox, { recursive: true, mode: 0o700 });
    this.#redis = producerConnection(url);
    onRedisError(this.#redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
    this.#redis.on('ready', () => void this.#drain());
    const queue = (name: string) => {
      const made = new Queue(name, {
        connection: this.#redis,
        prefix: PREFIX,
        defaultJobOptions: {
          removeOnComplete: { age: REMEMBERED_SECONDS, count: 20_000 },
          removeOnFail: { age: 7 * 86_400, count: 5_000 },
        },
      });
      made.on('error', () => {});
      return made;
    };
    this.#queues = { status: queue('status'), diagnosis: queue('diagnosis'), rotation: queue('rotation') };
  }

  async dispatch<Q extends JobQueue>(queue: Q, data: JobOf<Q>): Promise<Dispatched> {
    JOBS[queue].parse(data);
    const id = jobId(data.requestId);
    try {
      const workers = await within(PATIENCE_MS, async () => {
        await this.#queues[queue].add(queue, data, { jobId: id });
        return this.#queues[queue].getWorkersCount();
      });
      return { is: 'queued', workers };
    } catch (error) {
      this.#keep(queue, id, data);
      this.#log.warn(
        { part: 'redis', queue, job: id, error: messageOf(error) },
        'request kept on disk until redis is back',
      );
      return { is: 'kept' };
    }
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#queues).map((queue) => queue.close()));
    this.#redis.disconnect();
  }

  #keep(queue: JobQueue, id: string, data: unknown): void {
    const path = join(this.#outbox, `${id}.json`);
    writeFileSync(`${path}.tmp`, JSON.stringify({ queue, data }), { mode: 0o600, flush: true });
    renameSync(`${path}.tmp`, path);
  }

  async #drain(): Promise<void> {
    for (const name of readdirSync(this.#outbox).filter((file) => file.endsWith('.json'))) {
      const path = join(this.#outbox, name);
      try {
        const { queue, data } = JSON.parse(readFileSync(path, 'utf8')) as { queue: JobQueue; data: unknown };
        await within(10_000, () =>
          this.#queues[queue].add(queue, JOBS[queue].parse(data), { jobId: name.replace(/\.json$/, '') }),
        );
        rmSync(path);
        this.#log.info({ queue }, 'kept request queued');
      } catch (error) {
        this.#log.warn({ file: name, error: messageOf(error) }, 'kept request not queued yet');
      }
    }
  }
}

/** BullMQ's ids take no colon, and foreign ids may hold anything: a digest is always fit. */
export function jobId(requestId: string): string {
  return createHash('sha256').update(requestId).digest('hex').slice(0, 32);
}

async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
