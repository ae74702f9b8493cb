import type { Redis } from 'ioredis';
import type { ConfigSource } from '../../config/source.js';
import type { SshPool } from '../../host/pool.js';
import type { RedisPlace } from '../redis.js';

export interface OpenRedis {
  connection: Redis;
  place: RedisPlace;
}

/** What a look at Registrar itself is given. */
export interface DoctorContext {
  config: ConfigSource;
  /** Connected. Errors: `redis-unreachable`. */
  redis(): Promise<OpenRedis>;
  /** Connections that are kept anyway; left out, each look has its own. */
  hosts?: SshPool;
  now: () => number;
}
