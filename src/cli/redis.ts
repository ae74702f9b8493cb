import type { ConfigSource } from '../config/source.js';
import { type RedisServer, startRedisServer } from '../queue/redis-server.js';
import { isSecretReference } from '../secrets/reference.js';

/** The configured Redis, or a private one in the data folder. */
export async function openRedis(config: ConfigSource): Promise<RedisServer & { embedded: boolean }> {
  const { redis, dataDir } = config.current();
  if (redis === undefined) return { ...(await startRedisServer(dataDir)), embedded: true };
  const url = isSecretReference(redis.url) ? config.secret(redis.url) : redis.url;
  return { url, stop: async () => {}, embedded: false };
}
