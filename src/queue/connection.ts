import { Redis, type RedisOptions } from 'ioredis';

/** All keys begin with it. The braces make them one slot of a Redis Cluster. */
export const PREFIX = '{registrar}';

/** Time that the chat side waits for Redis before it keeps the request itself and says so. Milliseconds. */
const PRODUCER_MS = 1_500;

/** `url` is `unix:/path` or a redis URL. RESP2: BullMQ reads the replies in that form. */
function connect(url: string, extra: Omit<RedisOptions, 'replyMapping'>): Redis {
  const all = { retryStrategy: (times: number) => Math.min(times * 100, 2_000), ...extra, protocol: 2 as const };
  return url.startsWith('unix:') ? new Redis({ ...all, path: url.slice('unix:'.length) }) : new Redis(url, all);
}

/** For workers: waits for Redis as long as it takes (BullMQ asks for `null`). */
export function workerConnection(url: string): Redis {
  return connect(url, { maxRetriesPerRequest: null });
}

/** For the chat side: fails fast, because a person waits. */
export function producerConnection(url: string): Redis {
  return connect(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: PRODUCER_MS,
    connectTimeout: PRODUCER_MS,
  });
}

/** Holds Redis's errors: ioredis reconnects by itself, and an error event without a listener ends the process. */
export function onRedisError(redis: Redis, report: (message: string) => void): void {
  let last = '';
  redis.on('error', (error: Error) => {
    if (error.message !== last) report(error.message);
    last = error.message;
  });
  redis.on('ready', () => {
    last = '';
  });
}
