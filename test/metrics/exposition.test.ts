import type { Redis } from 'ioredis';
import { fail, pass } from '../../src/checks/check.js';
import type { ConfigSource } from '../../src/config/source.js';
import { countCause, countJob } from '../../src/metrics/count.js';
import { type Exposition, openExposition } from '../../src/metrics/exposition.js';
import { WatchStore } from '../../src/watch/store.js';
import { type Parts, startParts } from '../queue/parts.js';

let parts: Parts;
let redis: Redis;
let exposition: Exposition;

beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
  const config = {
    current: () => ({ chat: { slack: {} }, instances: [{ name: 'main' }, { name: 'never-looked-at' }] }),
  };
  exposition = openExposition(redis, config as unknown as ConfigSource, () => 100_000);
});
afterAll(async () => {
  await exposition.close();
  await parts.stop();
});

/** `name{labels}` → value, as Prometheus reads it. */
async function read(): Promise<Record<string, string>> {
  const lines = (await exposition.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  );
}

test('verdicts, ages and latencies of the last look', async () => {
  await new WatchStore(redis, 'main').keepLook({
    at: 40_000,
    seconds: 0.8,
    latency: { registry: 12 },
    exposed: {},
    results: [
      { id: 'running', verdict: fail('stopped', 'start it') },
      { id: 'dns', verdict: pass('found') },
    ],
  });
  expect(await read()).toMatchObject({
    'registrar_check{instance="main",check="running",verdict="fail"}': '1',
    'registrar_check{instance="main",check="dns",verdict="pass"}': '1',
    'registrar_look_age_seconds{instance="main"}': '60',
    'registrar_look_seconds{instance="main"}': '0.8',
    'registrar_answer_seconds{instance="main",part="registry"}': '0.012',
  });
  expect(await exposition.text()).not.toContain('never-looked-at');
});

test('a verdict that is another one now leaves nothing of the former behind', async () => {
  const look = { at: 1, seconds: 1, latency: {}, exposed: {}, results: [{ id: 'running', verdict: pass('up') }] };
  await new WatchStore(redis, 'main').keepLook(look);
  const text = await exposition.text();
  expect(text).toContain('check="running",verdict="pass"');
  expect(text).not.toContain('verdict="fail"');
});

test('durations of jobs as a histogram, answers by cause, jobs in the queues', async () => {
  await countJob(redis, 'status', 'done', 0.7);
  await countJob(redis, 'status', 'done', 90);
  await countCause(redis, 'credentials-rejected');
  const job = 'queue="status",outcome="done"';
  const expected = {
    [`registrar_job_seconds_bucket{${job},le="0.5"}`]: '0',
    [`registrar_job_seconds_bucket{${job},le="1"}`]: '1',
    [`registrar_job_seconds_bucket{${job},le="60"}`]: '1',
    [`registrar_job_seconds_bucket{${job},le="+Inf"}`]: '2',
    [`registrar_job_seconds_sum{${job}}`]: '90.7',
    [`registrar_job_seconds_count{${job}}`]: '2',
    'registrar_diagnoses_total{cause="credentials-rejected"}': '1',
    'registrar_queue_jobs{queue="status",state="waiting"}': '0',
  };
  // Read twice: what is counted in Redis is set, not added.
  for (const read1 of [await read(), await read()]) expect(read1).toMatchObject(expected);
});
