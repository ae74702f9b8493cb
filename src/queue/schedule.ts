import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { PREFIX } from './connection.js';
import { jobId } from './dispatcher.js';

/** So soon what one look saw is looked at again, to make sure. Milliseconds. */
const AGAIN_MS = 20_000;

const Due = z.object({ instance: z.string() });

/** What is to be done again and again: instance → milliseconds between two times. */
export type Wanted = ReadonlyMap<string, number>;

/** One repeated job an instance, however many workers run: the schedule lives in Redis, under the name of its queue. */
export class Schedule {
  readonly #name: string;
  readonly #queue: Queue;
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #againMs: number;

  constructor(
    name: 'watch' | 'policies',
    redis: Redis,
    log: Logger,
    { againMs = AGAIN_MS }: { againMs?: number } = {},
  ) {
    this.#name = name;
    this.#againMs = againMs;
    this.#redis = redis;
    this.#log = log;
    this.#queue = new Queue(name, { connection: redis, prefix: PREFIX });
    this.#queue.on('error', () => {});
  }

  /** Makes the schedule what the configuration says now. Harmless when repeated, by several workers too. */
  async sync(wanted: Wanted): Promise<void> {
    const opts = { removeOnComplete: true, removeOnFail: { age: 86_400, count: 100 } };
    for (const [instance, every] of wanted)
      await this.#queue.upsertJobScheduler(instance, { every }, { name: 'look', data: { instance }, opts });
    for (const instance of (await this.scheduled()).keys())
      if (!wanted.has(instance)) await this.#queue.removeJobScheduler(instance);
  }

  /** What Redis has in its schedule. */
  async scheduled(): Promise<Wanted> {
    const all = await this.#queue.getJobSchedulers();
    return new Map(all.map(({ key, every }) => [key, Number(every)]));
  }

  /** `doubtful`: another look is wanted soon. One that throws is logged; the next one comes by itself. */
  serve(look: (instance: string) => Promise<'settled' | 'doubtful' | 'busy'>): Worker {
    const worker = new Worker(
      this.#name,
      async (job) => {
        const { instance } = Due.parse(job.data);
        const became = await look(instance);
        if (became === 'doubtful')
          await this.#queue.add(
            'look',
            { instance },
            { delay: this.#againMs, jobId: jobId(`again ${job.id}`), removeOnComplete: true, removeOnFail: true },
          );
      },
      { connection: this.#redis, prefix: PREFIX, concurrency: 8, lockDuration: 60_000, maxStalledCount: 3 },
    );
    worker.on('failed', (job, error) =>
      this.#log.error({ queue: this.#name, job: job?.id, error: messageOf(error) }, 'a look failed'),
    );
    worker.on('error', (error) => this.#log.warn({ queue: this.#name, error: messageOf(error) }, 'worker'));
    return worker;
  }

  close(): Promise<void> {
    return this.#queue.close();
  }
}
