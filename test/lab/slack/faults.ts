import type { State } from './state.js';

export type Fault = 'http500' | 'http503' | 'hang' | 'hangAfter' | 'cutBefore' | 'cutAfter';

interface Planned {
  left: number;
  kind: Fault | 'ratelimited';
  retryAfter: number;
}

/** The minute budgets of 1.11; a call above the budget is answered 429. */
const TIERS: Record<string, number> = {
  'apps.connections.open': 50,
  'chat.update': 50,
  'chat.delete': 50,
  'conversations.open': 50,
  'conversations.info': 50,
  'conversations.join': 50,
  'conversations.history': 50,
  'conversations.replies': 50,
  'conversations.members': 100,
  'chat.postEphemeral': 100,
  'views.open': 100,
  'views.update': 100,
  'views.push': 100,
  'users.info': 100,
  'files.info': 100,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
  'chat.appendStream': 100,
  'chat.startStream': 20,
  'chat.stopStream': 20,
  'reactions.add': 50,
};

/** Faults a test ordered for the next calls of a method (`*`: of any), and the platform's own rate limits. */
export class Faults {
  enforceLimits = false;
  readonly #state: State;
  readonly #planned = new Map<string, Planned[]>();
  readonly #recent = new Map<string, number[]>();

  constructor(state: State) {
    this.#state = state;
  }

  plan(method: string, kind: Planned['kind'], times: number, retryAfter = 30): void {
    const list = this.#planned.get(method) ?? [];
    list.push({ left: times, kind, retryAfter });
    this.#planned.set(method, list);
  }

  clear(): void {
    this.#planned.clear();
  }

  next(method: string): Planned | undefined {
    for (const key of [method, '*']) {
      const list = this.#planned.get(key);
      const first = list?.[0];
      if (list === undefined || first === undefined) continue;
      first.left -= 1;
      if (first.left <= 0) list.shift();
      return first;
    }
    return undefined;
  }

  /** Seconds to wait when the platform's limit is reached, else undefined. */
  overLimit(method: string, channel: string | undefined): number | undefined {
    if (!this.enforceLimits) return undefined;
    if (method === 'chat.postMessage') return this.#window(`${method} ${channel ?? ''}`, 1, 1000);
    const tier = TIERS[method];
    return tier === undefined ? undefined : this.#window(method, tier, 60_000);
  }

  #window(key: string, most: number, ms: number): number | undefined {
    const now = this.#state.now();
    const recent = (this.#recent.get(key) ?? []).filter((at) => at > now - ms);
    this.#recent.set(key, recent);
    const oldest = recent[0];
    if (recent.length >= most && oldest !== undefined) return Math.max(1, Math.ceil((oldest + ms - now) / 1000));
    recent.push(now);
    return undefined;
  }
}
