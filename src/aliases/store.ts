import type { Redis } from 'ioredis';
import type { ReplyAddress } from '../chat/request.js';
import { PREFIX } from '../queue/connection.js';
import { aliasIn } from './alias.js';

/** Of one channel. */
export const ALIASES_MOST = 100;

/** Sets one unless the channel has its fill. */
const SET = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** The short names of each channel, in Redis. Errors: Redis's own. */
export class AliasStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** By name. */
  async all(channel: ReplyAddress): Promise<[name: string, path: string][]> {
    return Object.entries(await this.#redis.hgetall(keyOf(channel))).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** False: the channel has {@link ALIASES_MOST} of them. */
  async set(channel: ReplyAddress, name: string, path: string): Promise<boolean> {
    return (await this.#redis.eval(SET, 1, keyOf(channel), name, path, ALIASES_MOST)) === 1;
  }

  /** False: there was none. */
  async drop(channel: ReplyAddress, name: string): Promise<boolean> {
    return (await this.#redis.hdel(keyOf(channel), name)) === 1;
  }

  /** A job with the path in place of the alias that was typed; what nobody typed stays as it is. */
  async applied<T extends { replyTo: ReplyAddress; typed?: true | undefined }>(data: T): Promise<T> {
    const word = data.typed === true ? aliasIn(data) : undefined;
    if (word === undefined) return data;
    const path = await this.#redis.hget(keyOf(data.replyTo), word.name);
    return path === null ? data : { ...data, [word.field]: path };
  }
}

/** A terminal is one channel, whichever window it is: that of the person. */
function keyOf({ platform, channel, person }: ReplyAddress): string {
  return `${PREFIX}:aliases:${platform}:${platform === 'terminal' ? person : channel}`;
}
