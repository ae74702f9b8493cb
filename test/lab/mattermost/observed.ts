import type { OpenDialog } from './dialogs.js';
import type { Command, Post, RecordedDelivery, RecordedRequest, StoredFile, User } from './types.js';
import type { World } from './world.js';

type Who = { readonly id: string };

/** What there is to see of a server: for a test, not for its clients. */
export class Observed {
  readonly #w: World;

  constructor(world: World) {
    this.#w = world;
  }

  get #state() {
    return this.#w.state;
  }

  /** A channel's posts that are not deleted, oldest first, without what the server itself says. */
  posted(channel: Who): Post[] {
    return this.#state.postsOf(channel.id).filter((p) => !p.type.startsWith('system_'));
  }
  post(id: string): Post | undefined {
    return this.#state.posts.get(id);
  }
  file(id: string): StoredFile | undefined {
    return this.#state.files.get(id);
  }
  command(id: string): Command | undefined {
    return this.#state.commands.get(id);
  }
  user(id: string): User | undefined {
    return this.#state.users.get(id);
  }

  /** Who was notified so far, of one post or of all. */
  pinged(post?: Who): { post: Post; user: User; by: string }[] {
    return this.#state.pinged.filter((p) => post === undefined || p.post.id === post.id);
  }

  /** Every call that came over the network, in order. */
  get requests(): readonly RecordedRequest[] {
    return this.#state.requests;
  }
  /** `PUT /posts/:post_id/patch` and the like. */
  requestsOf(route: string): RecordedRequest[] {
    return this.#state.requests.filter((r) => r.route === route);
  }
  /** Every call of the server to an integration, with the time of its answer. */
  get deliveries(): readonly RecordedDelivery[] {
    return this.#state.deliveries;
  }
  get unanswered(): RecordedDelivery[] {
    return this.#state.deliveries.filter((d) => d.answeredAt === undefined);
  }
  get dialogs(): readonly OpenDialog[] {
    return this.#w.dialogs.all;
  }
  /** What a real server only logs, and no faithful integration causes. */
  get problems(): readonly string[] {
    return this.#state.problems;
  }
  /** Sockets that are open and authenticated, and how many there ever were. */
  get openSockets(): number {
    return this.#w.sockets.open;
  }
  get socketsOpened(): number {
    return this.#w.sockets.opened;
  }

  waitFor<V>(
    probe: () => V | undefined | null | false,
    options: { timeoutMs?: number; what?: string } = {},
  ): Promise<V> {
    return this.#state.changes.waitFor(probe, options);
  }
}
