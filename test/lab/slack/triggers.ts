import type { State } from './state.js';
import { ApiError } from './types.js';

interface Trigger {
  readonly user: string;
  readonly issued: number;
  used: boolean;
}

/** Trigger ids: three seconds, one use. */
export class Triggers {
  readonly #state: State;
  readonly #issued = new Map<string, Trigger>();

  constructor(state: State) {
    this.#state = state;
  }

  issue(user: string): string {
    const id = `${this.#issued.size + 1}.${this.#state.now()}.${this.#state.secret()}`;
    this.#issued.set(id, { user, issued: this.#state.now(), used: false });
    return id;
  }

  /** The user it belongs to. */
  exchange(id: unknown): string {
    const trigger = typeof id === 'string' ? this.#issued.get(id) : undefined;
    if (trigger === undefined) throw new ApiError('invalid_trigger_id');
    if (trigger.used) throw new ApiError('exchanged_trigger_id');
    if (this.#state.now() - trigger.issued > 3000) throw new ApiError('expired_trigger_id');
    trigger.used = true;
    return trigger.user;
  }
}
