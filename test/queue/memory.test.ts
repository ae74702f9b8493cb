import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { workerConnection } from '../../src/queue/connection.js';
import { recallUrls, rememberUrl } from '../../src/queue/memory.js';
import { type Redis as LabRedis, startRedis } from '../lab/host/redis.js';

let dir: string;
let server: LabRedis;
let redis: Redis;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registrar-memory-'));
  server = await startRedis(dir);
  redis = workerConnection(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

test('an instance that was never looked at has no history', async () => {
  expect(await recallUrls(redis, 'new')).toEqual([]);
});

test('every URL is remembered, with the time and the newest token of its looks', async () => {
  await rememberUrl(redis, 'main', 'https://old:5000', 3, 1_000);
  await rememberUrl(redis, 'main', 'https://old:5000', 5, 2_000);
  const given = await rememberUrl(redis, 'main', 'https://new:5050', 6, 3_000);
  expect(given).toEqual([
    { url: 'https://old:5000', firstSeen: 1_000, lastSeen: 2_000, highestAtFirst: 3, highestAtLast: 5 },
    { url: 'https://new:5050', firstSeen: 3_000, lastSeen: 3_000, highestAtFirst: 6, highestAtLast: 6 },
  ]);
  expect(await recallUrls(redis, 'main')).toEqual(given);
});

test('each instance has its own, and the end of Redis loses none', async () => {
  await rememberUrl(redis, 'one', 'https://one', 1, 1_000);
  await rememberUrl(redis, 'two', 'https://two', 2, 1_000);
  await server.restart();
  expect((await recallUrls(redis, 'one')).map(({ url }) => url)).toEqual(['https://one']);
  expect((await recallUrls(redis, 'two')).map(({ url }) => url)).toEqual(['https://two']);
});

test('what stands there damaged is not taken for a history', async () => {
  await rememberUrl(redis, 'damaged', 'https://one', 1, 1_000);
  const [key = ''] = await redis.keys('*damaged');
  await redis.set(key, JSON.stringify([{ url: 7 }]));
  await expect(recallUrls(redis, 'damaged')).rejects.toThrow();
});
