import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ConfigSource } from '../config/source.js';
import { EdgeError } from '../errors.js';
import { isSecretReference } from '../secrets/reference.js';

/** Time for redis-server to read its append-only file. Milliseconds. */
const START_MS = 30_000;

export interface RedisServer {
  /** `unix:/…` for src/queue/connection.ts. */
  url: string;
  stop(): Promise<void>;
}

/** Where Registrar's Redis is: the configured one, or the private one's socket. */
export function redisUrl({ current, secret }: Pick<ConfigSource, 'current' | 'secret'>): string {
  const { redis, dataDir } = current();
  if (redis === undefined) return `unix:${socketIn(dataDir)}`;
  return isSecretReference(redis.url) ? secret(redis.url) : redis.url;
}

function socketIn(dataDir: string): string {
  return join(dataDir, 'redis', 'redis.sock');
}

/**
 * A private redis-server on a socket in the data folder, with an append-only file: what is used when none is
 * configured. A second process of the same folder joins the first one's server.
 *
 * Errors: `redis-unreachable` when redis-server is not installed or does not start.
 */
export async function startRedisServer(dataDir: string): Promise<RedisServer> {
  const dir = join(dataDir, 'redis');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const socket = socketIn(dataDir);
  const url = `unix:${socket}`;
  if (await answers(socket)) return { url, stop: async () => {} };
  const options = [
    '--port',
    '0',
    '--unixsocket',
    socket,
    '--unixsocketperm',
    '700',
    '--dir',
    dir,
    '--appendonly',
    'yes',
    '--appendfsync',
    'everysec',
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
    '--daemonize',
    'no',
  ];
  // A group of its own: Ctrl-C must reach Registrar first, which ends it after its own work.
  const child = spawn('redis-server', options, { stdio: 'ignore', detached: true });
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`it ended with ${code}`));
  });
  const begun = Date.now();
  for (;;) {
    if (await answers(socket)) break;
    const ended = await Promise.race([gone, pause(50)]);
    if (typeof ended === 'string' || Date.now() - begun > START_MS) {
      child.kill();
      throw new EdgeError({
        part: 'redis',
        code: 'redis-unreachable',
        forPerson: {
          what: 'the private redis-server does not start',
          why: typeof ended === 'string' ? ended : `it did not answer within ${START_MS / 1000} s`,
          next: 'apt-get install redis-server, or name a Redis in the configuration: redis: {url: redis://HOST:6379}',
        },
      });
    }
  }
  return { url, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function answers(path: string): Promise<boolean> {
  const redis = new Redis({ path, lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
