import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PREFIX } from '../../queue/connection.js';
import type { MattermostApi, Post } from './api.js';
import { Id } from './api.js';
import { postsSince } from './post.js';
import { mentions } from './receive.js';

/** What is older was said to a bot that was not there: nobody waits for its answer any more. Milliseconds. */
const LONGEST_GAP_MS = 3_600_000;

const Channels = z.array(z.object({ id: Id, type: z.string(), last_post_at: z.number().default(0) }));

interface InboxOptions {
  api: MattermostApi;
  redis: Redis;
  bot: { id: string; username: string };
  now: () => number;
  /** Somebody spoke to the bot. The same post may come twice: it has the same id then. */
  spoken(post: Post, direct: boolean): Promise<void>;
}

/**
 * Posts that are meant for the bot: direct messages, and those that name it. How far they were read is kept, so that
 * what was written while nobody listened is answered as well.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #key: string;
  /** Type of each channel that the bot is in. */
  readonly #types = new Map<string, string>();

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#key = `${PREFIX}:mattermost-read:${options.bot.id}`;
  }

  async take(post: Post): Promise<void> {
    const { redis, spoken } = this.#options;
    if (await this.#isForUs(post)) await spoken(post, (await this.#typeOf(post.channel_id)) === 'D');
    await redis.set(this.#key, Math.max(post.create_at, await this.#readUntil()));
  }

  /** What came since the last post that was taken. */
  async catchUp(): Promise<void> {
    const { api, redis, now } = this.#options;
    const since = await this.#readUntil();
    if (since === 0) {
      // The first time there is no past.
      await redis.set(this.#key, now());
      return;
    }
    const from = Math.max(since, now() - LONGEST_GAP_MS);
    for (const channel of await this.#channels()) {
      if (channel.last_post_at <= from) continue;
      let posts = await postsSince(api, channel.id, from);
      // The server sometimes answers with none at all, at its first try. Source: mattermost#34055.
      if (posts.length === 0) posts = await postsSince(api, channel.id, from);
      for (const post of posts) if (post.create_at > from) await this.take(post);
    }
  }

  async #isForUs({ user_id, channel_id, type, props, message }: Post): Promise<boolean> {
    const { bot } = this.#options;
    // Another bot that answers us would never end.
    if (user_id === bot.id || type !== '' || props?.from_bot === 'true' || props?.from_webhook === 'true') return false;
    return (await this.#typeOf(channel_id)) === 'D' || mentions(message, bot.username);
  }

  async #typeOf(channel: string): Promise<string> {
    if (!this.#types.has(channel)) {
      const found = await this.#options.api.call(z.object({ type: z.string() }), 'GET', `/channels/${channel}`);
      this.#types.set(channel, found.type);
    }
    return this.#types.get(channel) ?? '';
  }

  async #channels(): Promise<z.infer<typeof Channels>> {
    const all = await this.#options.api.call(Channels, 'GET', '/users/me/channels');
    for (const { id, type } of all) this.#types.set(id, type);
    return all;
  }

  async #readUntil(): Promise<number> {
    return Number((await this.#options.redis.get(this.#key)) ?? 0);
  }
}
