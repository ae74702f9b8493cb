import { AppError } from './errors.js';
import type { State } from './state.js';
import type { Post } from './types.js';

const KEPT_MS = 30_000;

/** pending_post_id: the same string within 30 seconds is the same post, whoever says it. */
export class Pending {
  readonly #state: State;
  readonly #keys = new Map<string, { at: number; post?: Post }>();
  /** A test that holds creations: they have their key and wait. */
  #gate: Promise<void> | undefined;

  constructor(state: State) {
    this.#state = state;
  }

  /** Returns what lets the held ones go on. */
  hold(): () => void {
    let release = (): void => {};
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      this.#gate = undefined;
      release();
    };
  }

  async once(key: string, create: () => Post): Promise<Post> {
    const known = this.#keys.get(key);
    if (key !== '' && known !== undefined && this.#state.now() - known.at < KEPT_MS) {
      if (known.post === undefined) throw new AppError(500, 'api.post.deduplicate_create_post.pending');
      return known.post;
    }
    const entry: { at: number; post?: Post } = { at: this.#state.now() };
    this.#keys.set(key, entry);
    try {
      this.#state.changes.emit();
      await this.#gate;
      entry.post = create();
      return entry.post;
    } catch (error) {
      // A creation that failed frees its key at once.
      this.#keys.delete(key);
      throw error;
    }
  }
}
