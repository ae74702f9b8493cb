import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { main } from '../../src/cli.js';
import { openConfig } from '../../src/config/source.js';
import { createLogger } from '../../src/log.js';
import { PREFIX } from '../../src/queue/connection.js';
import { jobId } from '../../src/queue/dispatcher.js';
import { startRedisServer } from '../../src/queue/redis-server.js';
import type { Running } from '../../src/running.js';
import { startWorker } from '../../src/worker.js';
import { freePort } from '../lab/host/process.js';
import { type Lab, startLab } from '../lab/lab.js';
import { listen } from '../queue/parts.js';

let dir: string;
let lab: Lab;
let worker: Running;
let redis: Redis;
/** Takes answers out of their queue, as an app does. */
let chat: ReturnType<typeof listen>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registrar-doctor-'));
  lab = await startLab({ dir, redis: true, slack: 'socket' });
  redis = new Redis(lab.redis?.url ?? '', { protocol: 2, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  chat = listen({ platform: 'slack', channel: '', person: '' }, redis);
  worker = await startWorker(openConfig(lab.configPath), lab.redis?.url ?? '', createLogger('silent'));
});
afterAll(async () => {
  await Promise.all([worker.stop(), chat.stop()]);
  redis.disconnect();
  await lab.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Told {
  title: string;
  findings: { part: string; mark: string; what: string; why?: string; fix?: string; repairable: boolean }[];
}

async function run(...words: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const take = (text: unknown) => {
    out += String(text);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation(take));
  try {
    return { code: await main(['--config', lab.configPath, 'doctor', ...words]), out };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

async function doctor(...words: string[]): Promise<Told & { code: number; faults: Told['findings'] }> {
  const { code, out } = await run('--json', ...words);
  const told = JSON.parse(out) as Told;
  return { code, ...told, faults: told.findings.filter(({ mark }) => mark !== 'pass') };
}

test('a Registrar that is well: every part is looked at, and none hides a secret', async () => {
  const { code, out } = await run();
  expect([code, out]).toEqual([0, expect.stringContaining('Registrar is well')]);
  const slack = ['slack: socket', 'app: slack', 'registrar in Registrar Lab'];
  for (const part of [
    ...slack,
    'versions',
    'lab: GitLab',
    'lab: clock',
    'redis: durability',
    'redis: memory',
    'workers',
    'queues',
    'lab: token',
    'lab: ssh 127.0.0.1',
  ])
    expect(out).toContain(part);
  expect(out).not.toMatch(/glpat-|xox[bp]-|xapp-|PRIVATE KEY/);
});

test('a Redis that forgets is told with the command that mends it, and is left alone', async () => {
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const { code, faults } = await doctor();
  expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'allkeys-lru']);
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
  const fix = `redis-cli -h 127.0.0.1 -p ${lab.redis?.port} CONFIG SET maxmemory-policy noeviction`;
  expect([code, faults]).toEqual([1, [expect.objectContaining({ fix: expect.stringContaining(fix) })]]);
});

test('each part that is away is a finding of its own: GitLab, a host and Redis at once', async () => {
  const good = await readFile(lab.configPath, 'utf8');
  await writeFile(lab.configPath, good.replace(`url: ${lab.redis?.url}`, `url: redis://127.0.0.1:${await freePort()}`));
  await lab.gitlab.pause();
  const undo = await lab.break('ssh-refused');
  const { code, faults, title } = await doctor();
  await undo();
  await lab.gitlab.resume();
  await writeFile(lab.configPath, good);
  expect(code).toBe(1);
  expect(title).toBe('Registrar needs help: Redis does not answer, and 4 more faults');
  expect(faults.map(({ part, mark }) => [part, mark])).toEqual([
    ['redis', 'fail'],
    ['queues, workers', 'skipped'],
    ['lab: GitLab', 'fail'],
    ['lab: clock', 'fail'],
    ['lab: token', 'fail'],
    ['lab: ssh 127.0.0.1', 'fail'],
  ]);
  for (const { mark, why, fix } of faults.filter(({ mark }) => mark === 'fail'))
    expect({ mark, why, fix }).toEqual({ mark, why: expect.stringMatching(/./), fix: expect.stringMatching(/./) });
});

test('--repair: what is safe is done, what came of it stands first, and what is left is still a fault', async () => {
  await writeFile(join(dir, 'secrets', 'hook'), 'the secret', { mode: 0o600 });
  const hook = '    hook: { secret: file:secrets/hook, channels: [{ project: shop, slack: C024BE91L }] }';
  await lab.configure({ instance: hook, extra: 'http: { address: 127.0.0.1, port: 0 }\n' });
  const url = `http://127.0.0.1:${await freePort()}/hooks/gitlab/lab`;
  const { webhooks } = lab.gitlab;
  webhooks.add(lab.project, { url, createdAt: 0 }).recentFailures = 40;
  const { id } = lab.gitlab.addJob(lab.project, { status: 'failed', createdAt: Date.now() - 3_600_000 });
  const told = JSON.parse((await run('--json', '--repair')).out) as Told & { repaired: Record<string, string>[] };
  expect(told.repaired).toEqual([
    {
      mark: 'fail',
      name: 'webhook 1 of shop/api: on again',
      text: expect.stringContaining('Failed to open TCP connection to 127.0.0.1'),
      fix: expect.stringContaining(`curl -sSi -X POST ${url}`),
    },
    { mark: 'pass', name: 'lab: queue 1 missed', text: '1 missed job is queued, to be told in its channel' },
  ]);
  expect(told.findings.filter(({ mark }) => mark === 'fail').map(({ part }) => part)).toEqual(['lab: webhooks']);
  const queue = new Queue('diagnosis', { connection: redis, prefix: PREFIX });
  expect(await queue.getJob(jobId(`gitlab-hook-lab-${id}`))).toBeDefined();
  await queue.close();
  webhooks.all.length = 0;
  await lab.configure();
});

test('Registrar’s private Redis is set right at once, and that is said; a secret that is missing hides nothing', async () => {
  const good = await readFile(lab.configPath, 'utf8');
  const dataDir = join(dir, 'own');
  const own = await startRedisServer(dataDir);
  const inside = new Redis({ path: own.url.slice('unix:'.length), protocol: 2 });
  await inside.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const changed = good.replace(/^dataDir: .*$/m, `dataDir: ${dataDir}`).replace(/^redis:\n.*\n/m, '');
  await writeFile(lab.configPath, changed.replace('file:secrets/gitlab-token', 'file:secrets/none'));
  const { findings } = await doctor();
  await writeFile(lab.configPath, good);
  expect(await inside.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  inside.disconnect();
  await own.stop();
  expect(findings.find(({ part }) => part === 'redis: memory')).toMatchObject({
    mark: 'pass',
    what: expect.stringContaining('repaired, Redis has maxmemory-policy noeviction'),
  });
  expect(findings.find(({ part }) => part === 'lab: secrets')).toMatchObject({ mark: 'fail' });
});

test('Slack’s tokens and GitLab’s clock', async () => {
  lab.slack?.removeScope('files:write');
  lab.slack?.revoke('app');
  lab.gitlab.clockSkewMs = 300_000;
  const { code, faults } = await doctor();
  lab.gitlab.clockSkewMs = 0;
  expect([code, faults.map(({ part, what }) => [part, what])]).toEqual([
    1,
    [
      ['slack', 'registrar in Registrar Lab lacks the scope files:write'],
      ['slack: socket', 'Slack refuses the app-level token'],
      ['lab: clock', expect.stringMatching(/^GitLab’s clock is (?:299|300) s ahead of Registrar's$/)],
    ],
  ]);
});

test('a configuration that is faulty is no fault of Registrar: 2', async () => {
  const good = await readFile(lab.configPath, 'utf8');
  await writeFile(lab.configPath, good.replace('instances:', 'instance:'));
  const { code, out } = await run();
  await writeFile(lab.configPath, good);
  expect([code, out]).toEqual([2, expect.stringContaining('registrar: ')]);
});
