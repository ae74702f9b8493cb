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
  const next = observe(await recallUrls(redis, instance), url, highestTokenId, now);
  await redis.set(historyKey(instance), JSON.stringify(next));
  return next;
}

export async function recallUrls(redis: Redis, instance: string): Promise<UrlHistory> {
  const stored = await redis.get(historyKey(instance));
  return stored === null ? [] : UrlHistorySchema.parse(JSON.parse(stored));
}

function historyKey(instance: string): string {
  return `${PREFIX}:url-history:${instance}`;
}
