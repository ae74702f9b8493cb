import type { Redis } from 'ioredis';
import { PREFIX } from '../queue/connection.js';
import { jobId } from '../queue/dispatcher.js';
import { ANSWER_SECONDS } from '../queue/replies.js';

/** Where the message of a key is, as its platform calls that; nothing: none was posted yet. */
export async function recallPlace<P extends object>(redis: Redis, key: string): Promise<Partial<P>> {
  const stored = await redis.get(placeKey(key));
  return stored === null ? {} : (JSON.parse(stored) as P);
}

export async function rememberPlace<P extends object>(redis: Redis, key: string, place: P): Promise<void> {
  await redis.set(placeKey(key), JSON.stringify(place), 'EX', ANSWER_SECONDS);
}

function placeKey(key: string): string {
  return `${PREFIX}:answer-place:${jobId(key)}`;
}
