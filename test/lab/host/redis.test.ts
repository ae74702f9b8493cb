import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { portOpen, run } from './process.js';
import { startRedis } from './redis.js';

test('keeps its data over a restart and has the settings of a queue', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'lab-redis-'));
  const redis = await startRedis(dir);
  const cli = async (...args: string[]) => (await run('redis-cli', ['-u', redis.url, ...args])).stdout.trim();
  try {
    expect(await cli('set', 'kept', 'yes')).toBe('OK');
    expect(await cli('config', 'get', 'maxmemory-policy')).toBe('maxmemory-policy\nnoeviction');
    expect(await cli('config', 'get', 'appendfsync')).toBe('appendfsync\neverysec');
    await redis.stop();
    expect(await portOpen(redis.port)).toBe(false);
    await redis.restart();
    expect(await cli('get', 'kept')).toBe('yes');
    await redis.restart();
    expect(await cli('get', 'kept')).toBe('yes');
  } finally {
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  }
  expect(await portOpen(redis.port)).toBe(false);
});
