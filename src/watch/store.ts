import type { Redis } from 'ioredis';
import type { Look } from '../checks/gather/look.js';
import { PREFIX } from '../queue/connection.js';
import { NOTHING_KNOWN, type Turn, type Watched, type WatchIncident } from './incident.js';
import { Sample } from './sample.js';

/** Samples and incidents are kept so long. Milliseconds. */
const KEPT_MS = 90 * 86_400_000;
/** A look that nobody has ended by then was given up. Milliseconds. */
const LOCK_MS = 120_000;

/** A stretch of time in which nobody is to be told. */
export interface Maintenance {
  /** Milliseconds since the epoch. */
  until: number;
  by: string;
  reason: string;
}

/** What is known of an instance, and what has still to be told of it. */
export type Kept = Watched & {
  /** Where the registry was said to be. */
  exposed?: Look['exposed'];
  /** Kept before it is told: who is killed in between tells it at the next look. */
  untold?: Turn;
};

/** What watching an instance leaves in Redis. */
export class WatchStore {
  readonly #redis: Redis;
  readonly #key: (what: string) => string;

  constructor(redis: Redis, instance: string) {
    this.#redis = redis;
    this.#key = (what) => `${PREFIX}:watch:${instance}:${what}`;
  }

  /** One look at a time; what it gives ends it. `undefined`: another one is under way. */
  async lock(owner: string): Promise<(() => Promise<void>) | undefined> {
    const key = this.#key('lock');
    if ((await this.#redis.set(key, owner, 'PX', LOCK_MS, 'NX')) === null) return undefined;
    return async () => {
      if ((await this.#redis.get(key)) === owner) await this.#redis.del(key);
    };
  }

  async kept(): Promise<Kept> {
    const stored = await this.#redis.get(this.#key('state'));
    return stored === null ? NOTHING_KNOWN : (JSON.parse(stored) as Kept);
  }

  /** With the incident's own record, for the history. */
  async keep(state: Kept): Promise<void> {
    const { incident } = state;
    const writes = this.#redis.multi().set(this.#key('state'), JSON.stringify(state));
    if (incident !== undefined) writes.hset(this.#key('incidents'), incident.id, JSON.stringify(incident));
    await writes.exec();
  }

  /** The registry's address whose stale tokens were told last. */
  async movedTo(): Promise<string | undefined> {
    return (await this.#redis.get(this.#key('moved-to'))) ?? undefined;
  }

  async keepMovedTo(url: string): Promise<void> {
    await this.#redis.set(this.#key('moved-to'), url);
  }

  /** The last look, whoever asked for it. */
  async keepLook(look: Look): Promise<void> {
    await this.#redis.set(this.#key('look'), JSON.stringify(look), 'PX', KEPT_MS);
  }

  async lastLook(): Promise<Look | undefined> {
    const stored = await this.#redis.get(this.#key('look'));
    return stored === null ? undefined : (JSON.parse(stored) as Look);
  }

  async addSample(sample: Sample): Promise<void> {
    const key = this.#key('samples');
    const old = sample.at - KEPT_MS;
    await this.#redis.multi().zadd(key, sample.at, JSON.stringify(sample)).zremrangebyscore(key, '-inf', old).exec();
    const gone = (await this.incidents()).filter(({ until }) => until !== undefined && until < old);
    if (gone.length > 0) await this.#redis.hdel(this.#key('incidents'), ...gone.map(({ id }) => id));
  }

  /** Since then, the oldest first. */
  async samples(since: number): Promise<Sample[]> {
    const stored = await this.#redis.zrangebyscore(this.#key('samples'), since, '+inf');
    return stored.map((one) => Sample.parse(JSON.parse(one)));
  }

  /** The oldest first. */
  async incidents(): Promise<WatchIncident[]> {
    const stored = Object.values(await this.#redis.hgetall(this.#key('incidents')));
    return stored.map((one) => JSON.parse(one) as WatchIncident).sort((a, b) => a.since - b.since);
  }

  async maintenance(): Promise<Maintenance | undefined> {
    const stored = await this.#redis.get(this.#key('maintenance'));
    return stored === null ? undefined : (JSON.parse(stored) as Maintenance);
  }

  async beginMaintenance(maintenance: Maintenance): Promise<void> {
    await this.#redis.set(this.#key('maintenance'), JSON.stringify(maintenance), 'PXAT', maintenance.until);
  }

  /** False: there was none. */
  async endMaintenance(): Promise<boolean> {
    return (await this.#redis.del(this.#key('maintenance'))) === 1;
  }
}
