import type { Delivery } from './delivery.js';
import type { State } from './state.js';
import type { Delivered, EventRecord, Obj } from './types.js';

/** Waits before retry 1, 2 and 3. */
const RETRY_MS = [0, 60_000, 300_000];

const ALL_EVENTS = [
  'message.channels',
  'message.groups',
  'message.im',
  'message.mpim',
  'app_mention',
  'file_shared',
  'reaction_added',
];

/** Events: wrapped, delivered, redelivered until acked; or held so a test can reorder them. */
export class Events {
  readonly records: EventRecord[] = [];
  subscribed: Set<string>;
  readonly #state: State;
  readonly #delivery: Delivery;
  readonly #botScopes: () => ReadonlySet<string>;
  readonly #retries = new Map<string, () => void>();
  #held: EventRecord[] | undefined;

  constructor(state: State, delivery: Delivery, botScopes: () => ReadonlySet<string>, subscribed = ALL_EVENTS) {
    this.#state = state;
    this.#delivery = delivery;
    this.#botScopes = botScopes;
    this.subscribed = new Set(subscribed);
    state.raise = (event) => {
      this.raise(event);
    };
  }

  raise(event: Obj): EventRecord | undefined {
    if (!this.#wanted(event)) return undefined;
    const { teamId, appId, bot } = this.#state;
    const eventId = this.#state.id('Ev');
    const wrapper: Obj = {
      token: 'lab-verification-token',
      team_id: teamId,
      context_team_id: teamId,
      context_enterprise_id: null,
      api_app_id: appId,
      event,
      type: 'event_callback',
      event_id: eventId,
      event_time: Math.floor(this.#state.now() / 1000),
      authorizations: [
        { enterprise_id: null, team_id: teamId, user_id: bot.id, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event_context: `4-${eventId}`,
    };
    const record: EventRecord = { eventId, wrapper, attempts: [], state: 'held' };
    this.records.push(record);
    if (this.#held === undefined) this.#start(record);
    else this.#held.push(record);
    return record;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(order: 'as raised' | 'reversed'): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const record of order === 'reversed' ? held.reverse() : held) this.#start(record);
  }

  /** Delivers the same event once more, outside the retry schedule. */
  async redeliver(eventId: string, num: number, reason?: string): Promise<Delivered> {
    const record = this.records.find((r) => r.eventId === eventId);
    if (record === undefined) throw new Error(`no event ${eventId}`);
    const why = reason ?? (num === 0 ? '' : this.#delivery.socketMode ? 'timeout' : 'http_timeout');
    const result = await this.#delivery.event(record.wrapper, { num, reason: why });
    record.attempts.push(result);
    if (result.status >= 200 && result.status < 300) record.state = 'acked';
    this.#state.changes.emit();
    return result;
  }

  /** Does the retries that wait for their minute now. */
  retryNow(): void {
    const waiting = [...this.#retries.values()];
    this.#retries.clear();
    for (const run of waiting) run();
  }

  unacked(): EventRecord[] {
    return this.records.filter((r) => r.state !== 'acked');
  }

  #start(record: EventRecord): void {
    record.state = 'pending';
    void this.#attempt(record, 0, '');
  }

  async #attempt(record: EventRecord, num: number, reason: string): Promise<void> {
    const result = await this.#delivery.event(record.wrapper, { num, reason });
    record.attempts.push(result);
    if (result.status >= 200 && result.status < 300) record.state = 'acked';
    else if (record.state !== 'acked') this.#retry(record, num, result);
    this.#state.changes.emit();
  }

  #retry(record: EventRecord, num: number, result: Delivered): void {
    const wait = RETRY_MS[num];
    if (wait === undefined || result.noRetry === true) {
      record.state = 'given up';
      return;
    }
    const reason = this.#delivery.socketMode ? 'timeout' : (result.reason ?? 'unknown_error');
    const again = (): void => {
      void this.#attempt(record, num + 1, reason);
    };
    if (wait === 0) {
      again();
      return;
    }
    const cancel = this.#state.timers.after(wait, () => {
      this.#retries.delete(record.eventId);
      again();
    });
    this.#retries.set(record.eventId, () => {
      cancel();
      again();
    });
  }

  /** Subscribed to, allowed by a scope, and in a conversation the bot is a member of. */
  #wanted(event: Obj): boolean {
    const scopes = this.#botScopes();
    const channelId = String(event.channel ?? event.channel_id ?? '');
    const channel = this.#state.channels.get(channelId);
    if (channel !== undefined && !channel.members.has(this.#state.bot.id)) return false;
    if (event.type === 'message') {
      const prefix = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' }[channel?.type ?? 'channel'];
      return this.subscribed.has(`message.${prefix}`) && scopes.has(`${prefix}:history`);
    }
    if (event.type === 'app_mention') return this.subscribed.has('app_mention') && scopes.has('app_mentions:read');
    if (event.type === 'file_shared') return this.subscribed.has('file_shared') && scopes.has('files:read');
    return this.subscribed.has(String(event.type));
  }
}
