import type { Redis } from 'ioredis';
import { countCause } from '../metrics/count.js';
import { PREFIX } from '../queue/connection.js';
import { ANSWER_SECONDS } from '../queue/replies.js';

/** Months are kept so long. Seconds. */
const MONTH_SECONDS = 400 * 86_400;
/** Corrections that are kept, the newest. */
const CORRECTIONS = 1_000;

/** How often a cause was named, and what people said of it. */
export interface Tally {
  cause: string;
  named: number;
  right: number;
  wrong: number;
}

/** What somebody said it really was, with the log without its secrets. */
export interface Correction {
  id: string;
  at: number;
  named: string;
  cause: string;
  words: string;
  log: string;
}

/** Counts a diagnosis once, however often its job runs. */
export async function countNamed(redis: Redis, id: string, cause: string, now: number): Promise<void> {
  if ((await redis.set(`${PREFIX}:counted:${id}`, '1', 'EX', ANSWER_SECONDS, 'NX')) === null) return;
  await Promise.all([count(redis, now, `${cause} named`), countCause(redis, cause)]);
}

/** The first word on a diagnosis counts. False: somebody had said something already. */
export async function countVerdict(
  redis: Redis,
  id: string,
  cause: string,
  right: boolean,
  now: number,
): Promise<boolean> {
  if ((await redis.set(`${PREFIX}:judged:${id}`, '1', 'EX', ANSWER_SECONDS, 'NX')) === null) return false;
  await count(redis, now, `${cause} ${right ? 'right' : 'wrong'}`);
  return true;
}

export async function keepCorrection(redis: Redis, correction: Correction): Promise<void> {
  const key = `${PREFIX}:corrections`;
  await redis
    .multi()
    .lpush(key, JSON.stringify(correction))
    .ltrim(key, 0, CORRECTIONS - 1)
    .exec();
}

export async function corrections(redis: Redis): Promise<Correction[]> {
  return (await redis.lrange(`${PREFIX}:corrections`, 0, -1)).map((one) => JSON.parse(one) as Correction);
}

/** Of this month and the two before, the most frequent cause first. */
export async function readTallies(redis: Redis, now: number): Promise<Tally[]> {
  const tallies = new Map<string, Tally>();
  for (const month of [0, 1, 2]) {
    for (const [field, value] of Object.entries(await redis.hgetall(monthKey(now, month)))) {
      const [cause = '', what = ''] = field.split(' ');
      const tally = tallies.get(cause) ?? { cause, named: 0, right: 0, wrong: 0 };
      if (what === 'named' || what === 'right' || what === 'wrong') tally[what] += Number(value);
      tallies.set(cause, tally);
    }
  }
  return [...tallies.values()].sort((a, b) => b.named - a.named || a.cause.localeCompare(b.cause));
}

async function count(redis: Redis, now: number, field: string): Promise<void> {
  const key = monthKey(now, 0);
  await redis.multi().hincrby(key, field, 1).expire(key, MONTH_SECONDS).exec();
}

function monthKey(now: number, monthsAgo: number): string {
  const date = new Date(now);
  const month = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - monthsAgo, 1));
  return `${PREFIX}:diagnoses:${month.toISOString().slice(0, 7)}`;
}
