import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PREFIX } from '../../queue/connection.js';
import { Bulk, type BulkState, Result, Rotator, STATES } from './bulk.js';

/** A bulk that nobody asked for is forgotten; one that ran is kept as long as a rotation's journal. Seconds. */
const PLAN_SECONDS = 7 * 86_400;
const KEPT_SECONDS = 60 * 86_400;

/** Goes from one state to another, once, whoever comes first. */
const MOVE = `
  if redis.call('hget', KEYS[1], 'state') ~= ARGV[1] then return 0 end
  redis.call('hset', KEYS[1], 'state', ARGV[2])
  for i = 3, #ARGV, 2 do redis.call('hset', KEYS[1], ARGV[i], ARGV[i + 1]) end
  return 1
`;

const Beside = z.object({
  asker: Rotator.optional(),
  approver: Rotator.optional(),
  hurriedBy: z.string().optional(),
  /** It ended because somebody cancelled the rest. */
  wasCancelled: z.boolean().optional(),
});

/** A bulk as it stands. */
export type Stored = { bulk: Bulk; state: BulkState } & z.infer<typeof Beside>;

/** Bulks, who asked for and approved them, and what became of each token. In Redis, append-only file on. */
export class BulkStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async add(bulk: Bulk): Promise<void> {
    await this.#redis.hset(keyOf(bulk.id), { bulk: JSON.stringify(bulk), state: 'planned' });
    await this.#redis.expire(keyOf(bulk.id), PLAN_SECONDS);
  }

  async find(id: string): Promise<Stored | undefined> {
    const { bulk, state, ...beside } = await this.#redis.hgetall(keyOf(id));
    if (bulk === undefined) return undefined;
    const fields = Object.entries(beside).map(([field, text]): [string, unknown] => [field, JSON.parse(text)]);
    return {
      bulk: Bulk.parse(JSON.parse(bulk)),
      state: z.enum(STATES).parse(state),
      ...Beside.parse(Object.fromEntries(fields)),
    };
  }

  /** All that one token has to know when its turn comes: little, for there are many. */
  async pulse(id: string): Promise<{ state: BulkState | undefined; hurriedBy: string | undefined }> {
    const [state, hurriedBy] = await this.#redis.hmget(keyOf(id), 'state', 'hurriedBy');
    return {
      state: z
        .enum(STATES)
        .optional()
        .parse(state ?? undefined),
      hurriedBy: hurriedBy == null ? undefined : Beside.shape.hurriedBy.parse(JSON.parse(hurriedBy)),
    };
  }

  /** False when it was not in that state any more. `more`: fields that are set with it. */
  async move(id: string, from: BulkState, to: BulkState, more: Record<string, unknown> = {}): Promise<boolean> {
    const fields = Object.entries(more).flatMap(([field, value]) => [field, JSON.stringify(value)]);
    const moved = (await this.#redis.eval(MOVE, 1, keyOf(id), from, to, ...fields)) === 1;
    if (moved && to !== 'asked') await this.#redis.expire(keyOf(id), KEPT_SECONDS);
    return moved;
  }

  /** Every token had its turn. Harmless when repeated. */
  async end(id: string): Promise<void> {
    for (const state of ['running', 'paused'] as const) await this.move(id, state, 'ended');
    await this.move(id, 'cancelled', 'ended', { wasCancelled: true });
  }

  /** The old tokens are revoked without waiting for their silence, by this person's word. */
  async hurry(id: string, by: string): Promise<void> {
    await this.#redis.hset(keyOf(id), 'hurriedBy', JSON.stringify(by));
  }

  async note(id: string, index: number, result: Result): Promise<void> {
    await this.#redis.hset(resultsKey(id), String(index), JSON.stringify(result));
    await this.#redis.expire(resultsKey(id), KEPT_SECONDS);
  }

  async results(id: string): Promise<Map<number, Result>> {
    const all = await this.#redis.hgetall(resultsKey(id));
    return new Map(Object.entries(all).map(([index, text]) => [Number(index), Result.parse(JSON.parse(text))]));
  }
}

function keyOf(id: string): string {
  return `${PREFIX}:bulk:${id}`;
}

function resultsKey(id: string): string {
  return `${PREFIX}:bulk-results:${id}`;
}
