import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { PREFIX } from '../../src/queue/connection.js';
import { Dispatcher, jobId } from '../../src/queue/dispatcher.js';
import type { StatusJob } from '../../src/queue/jobs.js';
import { capture, type Parts, startParts } from './parts.js';

let parts: Parts;
let redis: Redis;
let queue: Queue;
let serial = 0;
const started: Dispatcher[] = [];

beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
  queue = new Queue('status', { connection: redis, prefix: PREFIX });
  queue.on('error', () => {});
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.close()));
  await queue.obliterate({ force: true });
});
afterAll(async () => {
  await queue.close();
  await parts.stop();
});

/** A dispatcher, by default on a data folder of its own. */
function open(dataDir = join(parts.dir, `data-${++serial}`)) {
  const { log, logged } = capture();
  const dispatcher = new Dispatcher(parts.server.url, dataDir, log);
  started.push(dispatcher);
  const outbox = join(dataDir, 'outbox');
  return { dispatcher, dataDir, logged, outbox, kept: () => readdirSync(outbox) };
}

function job(requestId: string): StatusJob {
  const person = { platform: 'terminal', id: 'ana' } as const;
  const replyTo = { platform: 'terminal', channel: 'c', person: 'ana' } as const;
  return { task: 'look', requestId, person, replyTo, useBy: 10, instance: 'lab' };
}

const queued = async () => (await queue.getJobs()).map(({ data }) => (data as StatusJob).requestId).toSorted();

describe('dispatch', () => {
  test('queues a job, and knows whether anybody will do it', async () => {
    const { dispatcher, kept } = open();
    expect(await dispatcher.dispatch('status', job('a'))).toEqual({ is: 'queued', workers: 0 });
    const worker = new Worker('status', async () => {}, { connection: parts.connect(), prefix: PREFIX });
    await worker.waitUntilReady();
    expect(await dispatcher.dispatch('status', job('b'))).toEqual({ is: 'queued', workers: 1 });
    await worker.close();
    expect(kept()).toEqual([]);
  });

  test('makes one job of a request that comes twice, also when it is done already', async () => {
    const { dispatcher } = open();
    await dispatcher.dispatch('status', job('a'));
    await dispatcher.dispatch('status', job('a'));
    expect(await queued()).toEqual(['a']);
    const worker = new Worker('status', async () => {}, { connection: parts.connect(), prefix: PREFIX });
    await new Promise((resolve) => worker.once('completed', resolve));
    await worker.close();
    await dispatcher.dispatch('status', job('a'));
    expect(await queue.getJobCounts('completed', 'waiting')).toEqual({ completed: 1, waiting: 0 });
  });

  test('queues nothing that the worker would not understand', async () => {
    const { dispatcher, kept } = open();
    await expect(dispatcher.dispatch('status', { ...job('a'), useBy: 0.5 })).rejects.toThrow('useBy');
    expect([await queued(), kept()]).toEqual([[], []]);
  });
});

describe('with Redis down', () => {
  test('a request is kept on disk, for its owner’s eyes only, and queued when Redis is back', async () => {
    const { dispatcher, kept, outbox, logged } = open();
    await dispatcher.dispatch('status', job('before'));
    await parts.server.stop();
    expect(await dispatcher.dispatch('status', job('a'))).toEqual({ is: 'kept' });
    expect(kept()).toEqual([`${jobId('a')}.json`]);
    expect(statSync(join(outbox, `${jobId('a')}.json`)).mode & 0o777).toBe(0o600);
    expect(await dispatcher.isFirst('a')).toBe(true);
    await parts.server.restart();
    await logged('kept request queued');
    expect([await queued(), kept()]).toEqual([['a', 'before'], []]);
  });

  test('a request outlives the app: the next one queues it', async () => {
    const { dispatcher, dataDir, kept } = open();
    await parts.server.stop();
    await dispatcher.dispatch('status', job('a'));
    await dispatcher.close();
    await parts.server.restart();
    const { logged } = open(dataDir);
    await logged('kept request queued');
    expect([await queued(), kept()]).toEqual([['a'], []]);
  });

  test('that only stalls, its connections open: what was kept is queued when it goes on', async () => {
    const { dispatcher, logged, kept } = open();
    await dispatcher.dispatch('status', job('before'));
    await redis.client('PAUSE', 600_000, 'WRITE');
    expect(await dispatcher.dispatch('status', job('a'))).toEqual({ is: 'kept' });
    await redis.client('UNPAUSE');
    await logged('kept request queued');
    expect([await queued(), kept()]).toEqual([['a', 'before'], []]);
  });

  test('a kept file that is not understood is set aside, and holds up no other', async () => {
    const { dispatcher, dataDir, outbox, kept } = open();
    await dispatcher.close();
    writeFileSync(join(outbox, 'a.json'), '{"queue":"status","data":');
    writeFileSync(join(outbox, 'b.json'), JSON.stringify({ queue: 'no-such-queue', data: {} }));
    writeFileSync(join(outbox, `${jobId('c')}.json`), JSON.stringify({ queue: 'status', data: job('c') }));
    const { logged } = open(dataDir);
    await logged('kept request queued');
    expect([await queued(), kept()]).toEqual([['c'], ['a.json.bad', 'b.json.bad']]);
    expect(readFileSync(join(outbox, 'a.json.bad'), 'utf8')).toBe('{"queue":"status","data":');
  });
});

describe('isFirst', () => {
  test('is true once for an id, whoever asks', async () => {
    const [one, other] = [open().dispatcher, open().dispatcher];
    await one.dispatch('status', job('connected'));
    await other.dispatch('status', job('connected'));
    expect(await one.isFirst('x')).toBe(true);
    expect(await other.isFirst('x')).toBe(false);
    expect(await one.isFirst('y')).toBe(true);
  });
});

describe('jobId', () => {
  test('is fit for BullMQ and for a file’s name, and differs as the requests do', () => {
    const id = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(id, id, (one, other) => {
        expect(jobId(one)).toMatch(/^[0-9a-f]{32}$/);
        expect(jobId(one) === jobId(other)).toBe(one === other);
      }),
    );
  });
});
