import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Events } from './events.js';
import type { NewPost, Posts } from './posts.js';
import { showPost } from './show.js';
import type { State } from './state.js';
import { isObj, type Obj, type Post, str, type User } from './types.js';

/** What only one person sees, and only until they reload: stored nowhere, so nothing can change it. */
export class Ephemerals {
  readonly #state: State;
  readonly #events: Events;
  readonly #posts: Posts;
  readonly #key = randomBytes(32);

  constructor(state: State, events: Events, posts: Posts) {
    this.#state = state;
    this.#events = events;
    this.#posts = posts;
  }

  send(author: User, to: string, input: NewPost): Post {
    const post = { ...this.#posts.build(author, input), type: 'system_ephemeral' };
    this.#state.ephemerals.push({ user_id: to, post });
    const shown = JSON.stringify(this.show(post));
    this.#events.publish('ephemeral_message', { post: shown }, { user_id: to });
    return post;
  }

  /** Its actions travel along, sealed: there is no stored post to find them in. */
  show(post: Post): Obj {
    return showPost(this.#state, post, (action) => this.#seal({ post: post.id, channel: post.channel_id, action }));
  }

  #seal(what: Obj): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(what), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** The action of a cookie, if it is one of ours. */
  unseal(cookie: string): { post: string; channel: string; action: Obj } | undefined {
    try {
      const bytes = Buffer.from(cookie, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      const { post, channel, action } = JSON.parse(text) as Obj;
      return isObj(action) ? { post: str(post), channel: str(channel), action } : undefined;
    } catch {
      return undefined;
    }
  }
}
