import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import type { Answer } from '../../src/chat/answer.js';
import { workerConnection } from '../../src/queue/connection.js';
import { Dispatcher } from '../../src/queue/dispatcher.js';
import { ReplyJob, type RotationJob } from '../../src/queue/jobs.js';
import { replyQueueName } from '../../src/queue/replies.js';
import type { Running } from '../../src/running.js';
import { startWorker } from '../../src/worker.js';
import { ANA, type Bench, planIdOf, REPLY_TO, startBench } from '../rotation/bench.js';

/** The whole way of a rotation: dispatcher, queue, worker, replies; all that is written down on it is looked through. */

let bench: Bench;
let dispatcher: Dispatcher;
let worker: Running;
let replies: Worker;
let repliesRedis: Redis;
const logged: string[] = [];
const answers: Answer[] = [];
let waiting: { fits: (answer: Answer) => boolean; resolve: (answer: Answer) => void }[] = [];

beforeAll(async () => {
  bench = await startBench();
  const url = bench.lab.redis?.url ?? '';
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  dispatcher = new Dispatcher(url, join(bench.lab.dir, 'data'), log);
  worker = await startWorker(bench.config, url, log);
  repliesRedis = workerConnection(url);
  replies = new Worker(replyQueueName(REPLY_TO), async ({ data }) => heard(ReplyJob.parse(data).answer), {
    connection: repliesRedis,
    prefix: '{registrar}',
  });
  await replies.waitUntilReady();
});

afterAll(async () => {
  await replies.close();
  repliesRedis.disconnect();
  await worker.stop();
  await dispatcher.close();
  await bench.stop();
});

function heard(answer: Answer): void {
  answers.push(answer);
  for (const { fits, resolve } of waiting) if (fits(answer)) resolve(answer);
  waiting = waiting.filter(({ fits }) => !fits(answer));
}

/** The answer to come that fits. */
function answered(fits: (answer: Answer) => boolean): Promise<Answer> {
  return new Promise((resolve) => waiting.push({ fits, resolve }));
}

async function dispatch(requestId: string, job: Record<string, string>): Promise<void> {
  const common = { requestId, person: ANA, replyTo: REPLY_TO, useBy: Date.now() + 3_600_000 };
  await dispatcher.dispatch('rotation', { ...common, ...job } as RotationJob);
}

/** Every key and value in Redis, read by its type. */
async function everythingInRedis(redis: Redis): Promise<string> {
  const keys = await redis.keys('*');
  const values = await Promise.all(
    keys.map(async (key) => {
      const type = await redis.type(key);
      const read: Record<string, () => Promise<unknown>> = {
        string: () => redis.get(key),
        hash: () => redis.hgetall(key),
        list: () => redis.lrange(key, 0, -1),
        set: () => redis.smembers(key),
        zset: () => redis.zrange(key, '0', '-1'),
        stream: () => redis.xrange(key, '-', '+'),
        // Gone since the keys were listed.
        none: async () => null,
      };
      const reader = read[type];
      if (reader === undefined) throw new Error(`no reader for ${type}`);
      return [key, await reader()];
    }),
  );
  return JSON.stringify(values);
}

/** The append-only file and Redis's log: what was ever written, deleted or not. */
async function everythingOnDisk(dir: string): Promise<string> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const contents = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), 'latin1')));
  return contents.join('\n');
}

function formsOf(secret: string, username: string): string[] {
  const basic = Buffer.from(`${username}:${secret}`).toString('base64');
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, -4), basic];
}

async function expectNowhere(secrets: string[]): Promise<void> {
  const inRedis = await everythingInRedis(bench.redis);
  expect(inRedis).toContain('rotation');
  const { dir } = bench.lab;
  const places = {
    redis: inRedis,
    'append-only file': await everythingOnDisk(join(dir, 'lab-redis')),
    'data folder': await everythingOnDisk(join(dir, 'data')),
    log: logged.join(''),
    answers: JSON.stringify(answers),
  };
  expect(places['append-only file']).toContain('{registrar}:rotation');
  for (const [place, text] of Object.entries(places))
    for (const secret of secrets) expect({ place, leaks: text.includes(secret) }).toEqual({ place, leaks: false });
}

test('the old and the new secret stand nowhere in the clear: not in the middle, not at the end', async () => {
  const { gitlab, project, token: old } = bench.lab;
  const auths = { 'registry.old': { auth: Buffer.from(`${old.username}:${old.token}`).toString('base64') } };
  gitlab.addVariable(project, { key: 'DOCKER_AUTH_CONFIG', value: JSON.stringify({ auths }) });

  const planned = answered(({ parts }) => parts.some(({ kind }) => kind === 'buttons'));
  await dispatch('plan', { step: 'plan', project: 'shop/api' });
  const planId = planIdOf([await planned]);

  const done = answered(({ mark }) => mark === 'pass' || mark === 'fail');
  const revoking = gitlab.delayNext('DELETE /api/v4/projects/*/deploy_tokens/*');
  await dispatch('run', { step: 'run', planId, message: 'plan' });
  await revoking.arrived;
  const fresh = gitlab.deployTokensOf(project).find(({ id }) => id !== old.id);
  if (fresh === undefined) throw new Error('no new token');
  const secrets = [...formsOf(old.token, old.username), ...formsOf(fresh.token, fresh.username)];
  await expectNowhere(secrets);
  revoking.release();

  expect((await done).mark).toBe('pass');
  await expectNowhere(secrets);
  expect(gitlab.findVariable(project, 'REGISTRY_PASSWORD')?.value).toBe(fresh.token);
});

test('nor when GitLab refuses a write and quotes what it was sent', async () => {
  const { gitlab, project } = bench.lab;
  const [old] = gitlab.deployTokensOf(project);
  if (old === undefined) throw new Error('the project has a token');
  const planned = answered(({ parts }) => parts.some(({ kind }) => kind === 'buttons'));
  await dispatch('plan 2', { step: 'plan', project: 'shop/api' });
  const planId = planIdOf([await planned]);
  const done = answered(({ mark }) => mark === 'pass' || mark === 'fail');
  const writing = gitlab.delayNext('PUT /api/v4/projects/*/variables/*');
  await dispatch('run 2', { step: 'run', planId, message: 'plan 2' });
  await writing.arrived;
  const fresh = gitlab.deployTokensOf(project).find(({ id }) => id !== old.id);
  if (fresh === undefined) throw new Error('no new token');
  const body = JSON.stringify({ message: `the value ${fresh.token} is invalid, it was ${old.token}` });
  gitlab.fail('PUT /api/v4/projects/*/variables/*', 400, 1, { body });
  writing.release();
  expect(JSON.stringify(await done)).toContain('is as before');
  await expectNowhere([...formsOf(old.token, old.username), ...formsOf(fresh.token, fresh.username)]);
});
