import type { ConfigSource } from '../config/source.js';
import { type RedisServer, redisUrl, startRedisServer } from '../queue/redis-server.js';

/** The configured Redis, or a private one in the data folder. */
export async function openRedis(config: ConfigSource): Promise<RedisServer & { embedded: boolean }> {
  const { dataDir, redis } = config.current();
  if (redis === undefined) return { ...(await startRedisServer(dataDir)), embedded: true };
  return { url: redisUrl(config), stop: async () => {}, embedded: false };
}
