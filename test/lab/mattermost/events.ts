import type { State } from './state.js';
import type { Obj } from './types.js';

export interface Broadcast {
  channel_id?: string;
  team_id?: string;
  user_id?: string;
  omit_users?: Record<string, boolean>;
}

export interface Event {
  readonly event: string;
  readonly data: Obj;
  readonly broadcast: Obj;
}

/** Tells whoever is concerned, by their sockets. */
export class Events {
  /** Set by the sockets. */
  deliver: (userId: string, event: Event) => void = () => {};
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  publish(event: string, data: Obj | ((userId: string) => Obj), to: Broadcast): void {
    const broadcast = {
      omit_users: to.omit_users ?? null,
      user_id: to.user_id ?? '',
      channel_id: to.channel_id ?? '',
      team_id: to.team_id ?? '',
      connection_id: '',
      omit_connection_id: '',
    };
    for (const userId of this.#receivers(to)) {
      if (to.omit_users?.[userId] === true) continue;
      this.deliver(userId, { event, data: typeof data === 'function' ? data(userId) : data, broadcast });
    }
    this.#state.changes.emit();
  }

  /** Whoever stays hears who left; whoever left hears where. */
  left(channelId: string, userId: string, removerId: string): void {
    this.publish('user_removed', { user_id: userId, remover_id: removerId }, { channel_id: channelId });
    this.publish('user_removed', { channel_id: channelId, remover_id: removerId }, { user_id: userId });
  }

  #receivers(to: Broadcast): string[] {
    if (to.user_id !== undefined) return [to.user_id];
    if (to.channel_id !== undefined) return [...(this.#state.channels.get(to.channel_id)?.members.keys() ?? [])];
    if (to.team_id !== undefined) return [...(this.#state.teams.get(to.team_id)?.members.keys() ?? [])];
    return [...this.#state.users.keys()];
  }
}
