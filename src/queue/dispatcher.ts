import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { within } from '../within.js';
import { onRedisError, PREFIX, producerConnection } from './connection.js';
import { Intake } from './intake.js';
import { JOBS, type JobOf, type JobQueue } from './jobs.js';
import { JOB_OPTIONS, REMEMBERED_SECONDS } from './queues.js';

/** A person waits: after this, a request that Redis did not take is kept on disk. Milliseconds. */
const PATIENCE_MS = 1_500;
/**
 * How long a look for workers waits for others to share it. Milliseconds. Redis lists all its clients for it, which
 * costs more than queueing: one look a request would double the work of a busy moment.
 */
const GATHER_MS = 50;
/** A Redis that stalled without closing its connections tells nobody that it is back: it is asked. Milliseconds. */
const DRAIN_MS = 2_000;

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
  readonly #intakes: Record<JobQueue, Intake>;
  readonly #looks = new Map<JobQueue, Promise<number>>();
  readonly #outbox: string;
  readonly #log: Logger;
  #draining: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(url: string, dataDir: string, log: Logger) {
    this.#log = log;
    this.#outbox = join(dataDir, 'outbox');
    mkdirSync(this.#outbox, { recursive: true, mode: 0o700 });
    this.#redis = producerConnection(url);
    onRedisError(this.#redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
    this.#redis.on('ready', () => this.#drainNow());
    const queue = (name: string) => {
      const made = new Queue(name, {
        connection: this.#redis,
        prefix: PREFIX,
        defaultJobOptions: JOB_OPTIONS,
      });
      made.on('error', () => {});
      return made;
    };
    const names = Object.keys(JOBS) as JobQueue[];
    this.#queues = Object.fromEntries(names.map((name) => [name, queue(name)])) as Record<JobQueue, Queue>;
    this.#intakes = Object.fromEntries(names.map((name) => [name, new Intake(this.#queues[name])])) as Record<
      JobQueue,
      Intake
    >;
  }

  async dispatch<Q extends JobQueue>(queue: Q, data: JobOf<Q>): Promise<Dispatched> {
    JOBS[queue].parse(data);
    const id = jobId(data.requestId);
    try {
      const workers = await answered(
        PATIENCE_MS,
        this.#intakes[queue].add(queue, data, id).then(() => this.#workersOf(queue)),
      );
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

  /** How many workers serve a queue now. Errors: Redis's own. */
  workers(queue: JobQueue): Promise<number> {
    return this.#queues[queue].getWorkersCount();
  }

  /** False when a request of that id was seen before. With Redis down nobody knows, and the person is answered. */
  async isFirst(requestId: string): Promise<boolean> {
    try {
      const key = `${PREFIX}:answered:${jobId(requestId)}`;
      return (await this.#redis.set(key, '1', 'EX', REMEMBERED_SECONDS, 'NX')) !== null;
    } catch {
      return true;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#draining);
    await Promise.allSettled(this.#looks.values());
    await Promise.all(Object.values(this.#queues).map((queue) => queue.close()));
    this.#redis.disconnect();
  }

  /** Counted after the last job of those that share the look was queued, so it is never an old answer. */
  #workersOf(queue: JobQueue): Promise<number> {
    const shared = this.#looks.get(queue);
    if (shared !== undefined) return shared;
    const look = pause(GATHER_MS).then(() => {
      this.#looks.delete(queue);
      return this.#queues[queue].getWorkersCount();
    });
    this.#looks.set(queue, look);
    return look;
  }

  #keep(queue: JobQueue, id: string, data: unknown): void {
    const path = join(this.#outbox, `${id}.json`);
    writeFileSync(`${path}.tmp`, JSON.stringify({ queue, data }), { mode: 0o600, flush: true });
    renameSync(`${path}.tmp`, path);
    this.#drainLater();
  }

  #drainLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#draining);
    this.#draining = setTimeout(() => this.#drainNow(), DRAIN_MS).unref();
  }

  #drainNow(): void {
    this.#drain().catch((error: unknown) => this.#log.error({ error: messageOf(error) }, 'outbox can’t be read'));
  }

  async #drain(): Promise<void> {
    let left = 0;
    for (const name of readdirSync(this.#outbox).filter((file) => file.endsWith('.json'))) {
      const path = join(this.#outbox, name);
      const kept = this.#read(path);
      if (kept === undefined) continue;
      try {
        const added = this.#queues[kept.queue].add(kept.queue, kept.data, { jobId: name.replace(/\.json$/, '') });
        await answered(10_000, added);
        rmSync(path, { force: true });
        this.#log.info({ queue: kept.queue }, 'kept request queued');
      } catch (error) {
        left++;
        this.#log.warn({ file: name, error: messageOf(error) }, 'kept request not queued yet');
      }
    }
    if (left > 0) this.#drainLater();
  }

  /** One that is not understood is set aside for a person, and holds up no other. */
  #read(path: string): { queue: JobQueue; data: unknown } | undefined {
    try {
      const { queue, data } = JSON.parse(readFileSync(path, 'utf8')) as { queue: JobQueue; data: unknown };
      return { queue, data: JOBS[queue].parse(data) };
    } catch (error) {
      this.#log.error({ file: path, error: messageOf(error) }, 'kept request is not understood');
      renameSync(path, `${path}.bad`);
      return undefined;
    }
  }
}

/** BullMQ's ids take no colon, and foreign ids may hold anything: a digest is always fit. */
export function jobId(requestId: string): string {
  return createHash('sha256').update(requestId).digest('hex').slice(0, 32);
}

function answered<T>(ms: number, work: Promise<T>): Promise<T> {
  return within(ms, `no answer within ${ms} ms`, work);
}
