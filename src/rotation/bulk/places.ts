import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Holder } from '../../gitlab/schema.js';
import { PREFIX } from '../../queue/connection.js';
import { type Place, RotationStore } from '../journal.js';

const Where = z.object({ kind: z.enum(['project', 'group', 'instance']), id: z.int() });
type Where = Pick<Holder, 'kind' | 'id'>;

/**
 * The places that one rotation does something in: of two that write one variable at a time, one would lose what the
 * other wrote, for GitLab has no compare-and-set. Nobody waits in one place for another: who can't go on leaves.
 */
export class Places {
  readonly #redis: Redis;
  readonly #store: RotationStore;
  readonly #rotation: Pick<Place, 'id' | 'instance'>;
  readonly #requestId: string;
  readonly #key: string;
  readonly #taken = new Map<string, Where>();

  constructor(redis: Redis, rotation: Pick<Place, 'id' | 'instance'>, requestId: string) {
    this.#redis = redis;
    this.#store = new RotationStore(redis);
    this.#rotation = rotation;
    this.#requestId = requestId;
    this.#key = `${PREFIX}:rotation-places:${rotation.id}`;
  }

  /** What this rotation had taken when it was killed. */
  async reclaim(): Promise<void> {
    const noted = await this.#redis.smembers(this.#key);
    await this.take(noted.map((text) => Where.parse(JSON.parse(text))));
  }

  /** False when somebody else is in one of them; what was taken before stays taken. */
  async take(places: readonly Where[]): Promise<boolean> {
    for (const { kind, id } of places) {
      const owner = { kind, id };
      if (this.has(owner)) continue;
      // Noted before: one that is taken and not noted would be shut for good.
      await this.#redis.sadd(this.#key, JSON.stringify(owner));
      if ((await this.#store.lock({ ...this.#rotation, owner }, this.#requestId)) !== 'mine') return false;
      this.#taken.set(keyOfPlace(owner), owner);
    }
    return true;
  }

  has(place: Where): boolean {
    return this.#taken.has(keyOfPlace(place));
  }

  /** Leaves all but these. */
  async keep(places: readonly Where[]): Promise<void> {
    const kept = new Set(places.map(keyOfPlace));
    for (const [key, owner] of this.#taken) {
      if (kept.has(key)) continue;
      await this.#store.unlock({ ...this.#rotation, owner });
      this.#taken.delete(key);
    }
    if (this.#taken.size === 0) await this.#redis.del(this.#key);
  }
}

export function keyOfPlace({ kind, id }: Where): string {
  return `${kind} ${id}`;
}
