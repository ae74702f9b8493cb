import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Person } from '../../chat/request.js';
import type { Instance } from '../../config/schema.js';
import type { Logger } from '../../log.js';
import { onRedisError, PREFIX, producerConnection } from '../../queue/connection.js';
import { digestOf } from './secrets.js';

/** So long a link that was asked for may be used, and so long its way through GitLab may take. Milliseconds. */
export const LINK_MS = 600_000;

/** Somebody in a chat wants to be linked with a user of an instance's GitLab. */
const Offer = z.object({
  person: Person,
  /** What the chat calls them: for people to read. */
  called: z.string().optional(),
  instance: z.string(),
  /** Milliseconds since the epoch. */
  until: z.int(),
});
export type Offer = z.infer<typeof Offer>;

/** Who a person in a chat is in GitLab, as GitLab itself said. No token: what may be done is asked by Registrar's own. */
const Link = z.object({
  userId: z.int(),
  /** At that time. */
  username: z.string(),
  /** The GitLab whose user it is: a number means nothing in another. */
  gitlab: z.string(),
  /** Milliseconds since the epoch. */
  at: z.int(),
});
export type Link = z.infer<typeof Link>;

/** Links, and those that are on their way, in Redis. Of a secret it has the digest alone. */
export class LinkStore {
  readonly #redis: Redis;
  readonly #now: () => number;

  constructor(redis: Redis, now: () => number) {
    this.#redis = redis;
    this.#now = now;
  }

  async offer(nonce: string, offer: Omit<Offer, 'until'>): Promise<void> {
    const kept: Offer = { ...offer, until: this.#now() + LINK_MS };
    await this.#redis.set(offerKey(digestOf(nonce)), JSON.stringify(kept), 'PX', LINK_MS);
  }

  /** By the nonce's digest; `undefined` when it was used, became too old, or never was. */
  async offered(digest: string): Promise<Offer | undefined> {
    return this.#inTime(await this.#redis.get(offerKey(digest)));
  }

  /** As {@link offered}, for one caller only. */
  async take(digest: string): Promise<Offer | undefined> {
    return this.#inTime(await this.#redis.getdel(offerKey(digest)));
  }

  /** A browser goes to GitLab for the link of that digest. */
  async begin(browser: string, digest: string): Promise<void> {
    await this.#redis.set(browserKey(browser), digest, 'PX', LINK_MS);
  }

  /** The digest that this browser went for; once. */
  async cameBack(browser: string): Promise<string | undefined> {
    return (await this.#redis.getdel(browserKey(browser))) ?? undefined;
  }

  async keep(person: Person, instance: Instance, user: { id: number; username: string }): Promise<void> {
    const link: Link = { userId: user.id, username: user.username, gitlab: instance.gitlab.url, at: this.#now() };
    await this.#redis.hset(linksKey(instance.name), fieldOf(person), JSON.stringify(link));
  }

  async of(person: Person, { name, gitlab }: Instance): Promise<Link | undefined> {
    const stored = await this.#redis.hget(linksKey(name), fieldOf(person));
    const link = stored === null ? undefined : Link.parse(JSON.parse(stored));
    return link?.gitlab === gitlab.url ? link : undefined;
  }

  /** False when there was none. */
  async forget(person: Person, { name }: Pick<Instance, 'name'>): Promise<boolean> {
    return (await this.#redis.hdel(linksKey(name), fieldOf(person))) > 0;
  }

  #inTime(stored: string | null): Offer | undefined {
    const offer = stored === null ? undefined : Offer.parse(JSON.parse(stored));
    return offer !== undefined && this.#now() < offer.until ? offer : undefined;
  }
}

/** For the chat side, with a connection of its own: it fails fast, because a person waits. */
export function openLinkStore(redisUrl: string, log: Logger, now: () => number): { store: LinkStore; close(): void } {
  const redis = producerConnection(redisUrl);
  onRedisError(redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
  return { store: new LinkStore(redis, now), close: () => redis.disconnect() };
}

function offerKey(digest: string): string {
  return `${PREFIX}:link-offer:${digest}`;
}

function browserKey(browser: string): string {
  return `${PREFIX}:link-browser:${digestOf(browser)}`;
}

function linksKey(instance: string): string {
  return `${PREFIX}:links:${instance}`;
}

/** A platform's name has no space. */
function fieldOf({ platform, id }: Person): string {
  return `${platform} ${id}`;
}
