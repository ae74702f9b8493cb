import type { Redis } from 'ioredis';
import type { Answer } from '../chat/answer.js';
import type { Person } from '../chat/request.js';
import { PREFIX } from '../queue/connection.js';
import { type Ending, Run } from './run.js';
import type { Trace } from './trace.js';

/** So long a run can be looked at. Seconds. */
const KEPT_SECONDS = 7 * 86_400;
/** Of a run's own words, those said last. */
const SAID = 50;

/** What runs did, in Redis. Errors: Redis's own; nobody's answer may hang on it. */
export class RunStore {
  readonly #redis: Redis;
  readonly #now: () => number;

  constructor(redis: Redis, now: () => number) {
    this.#redis = redis;
    this.#now = now;
  }

  async begin(id: string, of: { queue: string; asked: string; person: Person }): Promise<void> {
    const key = keyOf(id);
    const { queue, asked, person } = of;
    await this.#redis
      .multi()
      .hset(key, { queue, asked, person: JSON.stringify(person) })
      .hsetnx(key, 'begun', this.#now())
      .hincrby(key, 'attempts', 1)
      .hdel(key, 'ended', 'ending')
      .expire(key, KEPT_SECONDS)
      .exec();
  }

  /** Somebody asked the same meanwhile, and may read the run too. */
  async joined(id: string, person: Person): Promise<void> {
    const key = `${keyOf(id)}:others`;
    await this.#redis.multi().sadd(key, JSON.stringify(person)).expire(key, KEPT_SECONDS).exec();
  }

  async said(id: string, { mark, title }: Pick<Answer, 'mark' | 'title'>): Promise<void> {
    const key = `${keyOf(id)}:said`;
    await this.#redis
      .multi()
      .rpush(key, JSON.stringify({ at: this.#now(), mark, title: title.slice(0, 300) }))
      .ltrim(key, -SAID, -1)
      .expire(key, KEPT_SECONDS)
      .exec();
  }

  async end(id: string, ending: Ending, { calls, made }: Trace): Promise<void> {
    await this.#redis.hset(keyOf(id), { ended: this.#now(), ending, calls: JSON.stringify(calls), made });
  }

  /** `undefined`: there was none, or it is too long ago. */
  async read(id: string): Promise<Run | undefined> {
    const [kept, said, others] = await Promise.all([
      this.#redis.hgetall(keyOf(id)),
      this.#redis.lrange(`${keyOf(id)}:said`, 0, -1),
      this.#redis.smembers(`${keyOf(id)}:others`),
    ]);
    if (kept.queue === undefined) return undefined;
    const { person, begun, attempts, ended, calls, made } = kept;
    return Run.parse({
      ...kept,
      id,
      people: [person ?? '', ...others].map((one) => JSON.parse(one)),
      begun: Number(begun),
      attempts: Number(attempts),
      ...(ended === undefined ? {} : { ended: Number(ended) }),
      calls: JSON.parse(calls ?? '[]'),
      made: Number(made ?? 0),
      said: said.map((one) => JSON.parse(one)),
    });
  }
}

function keyOf(id: string): string {
  return `${PREFIX}:run:${id}`;
}
