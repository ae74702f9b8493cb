import type { Redis } from 'ioredis';
import { observe, type UrlHistory, UrlHistory as UrlHistorySchema } from '../gitlab/url-history.js';
import { PREFIX } from './connection.js';

/** The URL history of an instance, kept in Redis; two workers that look at once lose nothing but a moment. */
export async function rememberUrl(
  redis: Redis,
  instance: string,
  url: string,
  highestTokenId: number,
  now: number,
): Promise<UrlHistory> {
  const key = `${PREFIX}:url-history:${instance}`;
  const stored = await redis.get(key);
  const history = stored === null ? [] : UrlHistorySchema.parse(JSON.parse(stored));
  const next = observe(history, url, highestTokenId, now);
  await redis.set(key, JSON.stringify(next));
  return next;
}
