import { Queue } from 'bullmq';
import type { Config } from '../../src/config/schema.js';
import { PREFIX } from '../../src/queue/connection.js';
import type { WorkerContext } from '../../workers/context.js';
import { watchOnce } from '../../workers/watch.js';
import { ANA } from '../rotation/bench.js';
import { BOB, type BulkBench, buttonValue, isEnd, KEPT, REPLACED, startBulk, stateOf } from './bulk-bench.js';

/** The configuration follows the registry to another address: the channel gets one message about what did not follow. */

let bench: BulkBench;
let context: WorkerContext;
let queue: Queue;

beforeAll(async () => {
  bench = await startBulk();
  queue = new Queue('bulk', { connection: bench.redis, prefix: PREFIX });
  const current = (): Config => {
    const config = bench.config.current();
    return { ...config, instances: config.instances.map((one) => ({ ...one, watch: { slack: 'COPS', minutes: 5 } })) };
  };
  context = { ...bench.context, config: { ...bench.config, current } };
});
afterAll(async () => {
  await queue.close();
  await bench.stop();
});

const look = () => watchOnce('lab', context);
const planned = async () =>
  (await queue.getJobs(['waiting', 'active', 'completed'])).filter(({ data }) => data.unasked === true);

test('one message, whoever looks how often; from it all are replaced', async () => {
  const pair = bench.addPair('shop/moved');
  await look();
  await look();
  expect(await planned()).toEqual([]);
  const from = bench.lab.host.registryUrl;
  await bench.move();
  const to = bench.lab.host.registryUrl;
  await Promise.all([look(), look()]);
  await look();
  const [job, ...others] = await planned();
  expect(others).toEqual([]);
  expect(job?.data).toMatchObject({
    filter: { is: 'stale' },
    moved: { from, to },
    replyTo: { platform: 'slack', channel: 'COPS' },
  });

  await bench.startWorker();
  const answer = await bench.slackEar.of(job?.data.requestId, ({ mark }) => mark !== 'running');
  expect(answer.title).toBe(`The registry moved from ${from} to ${to}; 2 tokens in 1 project are stale`);
  expect(stateOf(bench.lab, pair)).toEqual([KEPT, KEPT]);
  const id = buttonValue(answer, 'bulk-ask');
  await bench.press('ask', id, ANA);
  await bench.ear.of(`bulk ${id}`, ({ title }) => title.startsWith('Rotate '));
  await bench.press('approve', id, BOB);
  expect((await bench.ear.of(`bulk ${id}`, isEnd)).title).toBe('Done: 2 of 2 tokens replaced');
  expect(stateOf(bench.lab, pair)).toEqual([REPLACED, REPLACED]);
  await look();
  expect(await planned()).toHaveLength(1);

  // Back where it was, and away again within the day: each is news.
  await bench.move();
  await look();
  await bench.move();
  await look();
  expect(await planned()).toHaveLength(3);
}, 120_000);
