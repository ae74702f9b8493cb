import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Policy } from '../../config/rotation.js';
import { PREFIX } from '../../queue/connection.js';
import { recallUrls } from '../../queue/memory.js';
import type { RotatedToken } from '../plan/plan.js';
import { type Birth, birthOf, IdMarks, madeBy, marksOf, observeIds } from './age.js';
import { PolicyState } from './batch.js';

/** A look that nobody has ended by then was given up. Milliseconds. */
const LOCK_MS = 600_000;
/** Longer than any policy's days; milliseconds. */
const KEPT_MS = 400 * 86_400_000;

/** What the policies of an instance leave in Redis, and when its deploy tokens were made. No secret. */
export class PolicyStore {
  readonly #redis: Redis;
  readonly #instance: string;

  constructor(redis: Redis, instance: string) {
    this.#redis = redis;
    this.#instance = instance;
  }

  /** One look at a time; what it gives ends it. `undefined`: another one is under way. */
  async lock(owner: string): Promise<(() => Promise<void>) | undefined> {
    const key = this.#key('lock');
    if ((await this.#redis.set(key, owner, 'PX', LOCK_MS, 'NX')) === null) return undefined;
    return async () => {
      if ((await this.#redis.get(key)) === owner) await this.#redis.del(key);
    };
  }

  async state(policy: string): Promise<PolicyState> {
    const stored = await this.#redis.get(this.#key(policy));
    return stored === null ? { batches: [] } : PolicyState.parse(JSON.parse(stored));
  }

  async keep(policy: string, state: PolicyState): Promise<void> {
    await this.#redis.set(this.#key(policy), JSON.stringify(state), 'PX', KEPT_MS);
  }

  /** Notes what a look at the deploy tokens saw; gives all that is known by then. */
  async observe(seen: { highest: number; whole: boolean }, now: number): Promise<IdMarks> {
    const marks = observeIds(await this.#marks(), seen, now);
    await this.#redis.set(this.#key('ids'), JSON.stringify(marks));
    return marks;
  }

  /** A deploy token was made just then, which GitLab tells nobody who asks later. The first word counts. */
  async noteMade(tokenId: number, at: number): Promise<void> {
    const key = this.#key('made');
    await this.#redis.zadd(key, 'NX', at, String(tokenId));
    await this.#redis.zremrangebyscore(key, '-inf', at - KEPT_MS);
  }

  /** When it was made, where that was noted. Milliseconds since the epoch. */
  async madeAt(tokenId: number): Promise<number | undefined> {
    const score = await this.#redis.zscore(this.#key('made'), String(tokenId));
    return score === null ? undefined : Number(score);
  }

  /** When a deploy token was made, as far as what was seen until now tells. */
  async birth(tokenId: number, now: number): Promise<Birth> {
    const at = await this.madeAt(tokenId);
    return at === undefined ? birthOf(tokenId, await this.#marks(), now) : { is: 'known', at };
  }

  /** With the time that it was made, where something counts from it: the successor of one that expires lives as long. */
  async dated(token: RotatedToken, now: number): Promise<RotatedToken> {
    if (token.kind === 'access' || token.expires_at == null) return token;
    const made = madeBy(await this.birth(token.id, now));
    return made === undefined ? token : { ...token, created_at: new Date(made).toISOString() };
  }

  async #marks(): Promise<IdMarks> {
    const stored = await this.#redis.get(this.#key('ids'));
    return stored === null ? marksOf(await recallUrls(this.#redis, this.#instance)) : IdMarks.parse(JSON.parse(stored));
  }

  #key(what: string): string {
    return `${PREFIX}:policy:${this.#instance}:${what}`;
  }
}

/** The same for a policy whatever its days and its channel. */
export function policyId({ path, name }: Pick<Policy, 'path' | 'name'>): string {
  return digest(`${path.toLowerCase()}\0${name ?? ''}`).slice(0, 16);
}

/** Of the bulk that a policy starts on a day: the same for every try. */
export function runIdOf(instance: string, policy: string, due: string, day: string): string {
  return digest(`policy ${instance} ${policy} ${due} ${day}`);
}

function digest(words: string): string {
  return createHash('sha256').update(words).digest('hex').slice(0, 32);
}
