import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Job, Queue, Worker } from 'bullmq';
import { createLogger } from '../src/log.js';
import { workerConnection } from '../src/queue/connection.js';
import { Dispatcher } from '../src/queue/dispatcher.js';
import type { StatusJob } from '../src/queue/jobs.js';
import { Replies } from '../src/queue/replies.js';
import { serve } from '../src/queue/work.js';
import { startRedis } from '../test/lab/host/redis.js';
import type { Bench, Benchmark } from './bench.js';
import { alternate, pairsOf, percentile, result } from './result.js';

const ROUNDS = 9;
const JOBS = 2_000;
/** Jobs under way at once, and the workers' concurrency: that of `serve`. */
const CONCURRENCY = 8;

/** A queue with its worker in this process: puts a job in, and is told when it is done. */
interface Side {
  add(data: StatusJob): Promise<unknown>;
  worker: Worker;
  stop(): Promise<void>;
}

interface Measured {
  perSecond: number;
  p50: number;
}

/** What our schemas, ids, options and error handling cost: jobs that do nothing, against BullMQ's plain ones. */
export const queue: Benchmark = async (bench) => {
  const redis = bench.own(await startRedis(join(bench.dir, 'redis')));
  const ours = await openOurs(bench, redis.url);
  const bare = await openBare(bench, redis.url);
  for (const side of [ours, bare]) await measure(side, JOBS);
  const rounds = await alternate(
    ROUNDS,
    () => measure(ours, JOBS),
    () => measure(bare, JOBS),
  );
  const of = { bench: 'queue', baselineName: 'bare BullMQ, same Redis' };
  return [
    result(
      { ...of, name: 'throughput', unit: 'jobs/s', what: `${JOBS} jobs that do nothing, ${CONCURRENCY} under way` },
      pairsOf(rounds, ({ perSecond }) => perSecond),
      { is: 'at least', ratio: 0.8 },
    ),
    result(
      {
        ...of,
        name: 'p50 from add to completed',
        unit: 'ms',
        what: `${JOBS} jobs that do nothing, ${CONCURRENCY} under way`,
      },
      pairsOf(rounds, ({ p50 }) => p50),
      { is: 'at most', ratio: 1.25 },
    ),
  ];
};

async function openOurs({ dir, own }: Bench, url: string): Promise<Side> {
  const log = createLogger();
  const redis = workerConnection(url);
  const dispatcher = new Dispatcher(url, join(dir, 'data'), log);
  const worker = serve('status', async () => {}, { redis, replies: new Replies(redis), log, now: Date.now });
  await worker.waitUntilReady();
  return own({
    async add(data) {
      const { is } = await dispatcher.dispatch('status', data);
      if (is === 'kept') throw new Error('Redis did not take a job');
    },
    worker,
    async stop() {
      await worker.close();
      await dispatcher.close();
      redis.disconnect();
    },
  });
}

async function openBare({ own }: Bench, url: string): Promise<Side> {
  const connection = workerConnection(url);
  const plain = new Queue('plain', { connection });
  const worker = new Worker('plain', async () => {}, { connection, concurrency: CONCURRENCY });
  await worker.waitUntilReady();
  return own({
    add: (data) => plain.add('plain', data),
    worker,
    async stop() {
      await worker.close();
      await plain.close();
      connection.disconnect();
    },
  });
}

/** Each of the lanes adds a job, waits until it is completed, and adds the next. */
async function measure({ add, worker }: Side, jobs: number): Promise<Measured> {
  const waiting = new Map<string, () => void>();
  const completed = ({ data }: Job<StatusJob>) => waiting.get(data.requestId)?.();
  worker.on('completed', completed);
  const latencies: number[] = [];
  const adding: Promise<unknown>[] = [];
  let left = jobs;
  async function lane(): Promise<void> {
    while (left-- > 0) {
      const requestId = randomUUID();
      const done = new Promise<void>((resolve) => waiting.set(requestId, resolve));
      const added = performance.now();
      // What `dispatch` does once the job is queued (it looks for workers) keeps nobody waiting.
      const queued = add(job(requestId));
      adding.push(queued);
      await Promise.race([done, queued.then(() => done)]);
      latencies.push(performance.now() - added);
      waiting.delete(requestId);
    }
  }
  const begun = performance.now();
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  const perSecond = (jobs / (performance.now() - begun)) * 1000;
  await Promise.all(adding);
  worker.off('completed', completed);
  return { perSecond, p50: percentile(latencies, 50) };
}

function job(requestId: string): StatusJob {
  return {
    task: 'look',
    requestId,
    person: { platform: 'slack', id: 'U0BENCH001' },
    replyTo: { platform: 'slack', channel: 'C0BENCH001', person: 'U0BENCH001' },
    useBy: Date.now() + 3_600_000,
  };
}
