import type { Reply } from './api.js';
import type { State } from './state.js';

/** RateLimitSettings: a bucket for each address or token, that fills at PerSec and holds MaxBurst. */
export class RateLimiter {
  readonly #state: State;
  readonly #buckets = new Map<string, { level: number; at: number }>();

  constructor(state: State) {
    this.#state = state;
  }

  /** The headers of every answer, and the refusal when the bucket is empty. */
  take(address: string, token: string): { headers: Record<string, string>; refusal?: Reply } {
    const { Enable, PerSec, MaxBurst, VaryByUser } = this.#state.settings.RateLimit;
    if (!Enable) return { headers: {} };
    const key = VaryByUser && token !== '' ? token : address;
    const now = this.#state.now();
    const bucket = this.#buckets.get(key) ?? { level: MaxBurst, at: now };
    bucket.level = Math.min(MaxBurst, bucket.level + ((now - bucket.at) / 1000) * PerSec);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    const refused = bucket.level < 1;
    if (!refused) bucket.level -= 1;
    const headers = limitHeaders(MaxBurst, bucket.level, Math.ceil((MaxBurst - bucket.level) / PerSec));
    if (!refused) return { headers };
    return { headers, refusal: tooMany(Math.max(1, Math.ceil((1 - bucket.level) / PerSec))) };
  }
}

export function limitHeaders(limit: number, left: number, reset: number): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(Math.floor(left)),
    'x-ratelimit-reset': String(reset),
  };
}

export function tooMany(seconds: number): Reply {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'retry-after': String(seconds) };
  return { status: 429, headers, body: 'limit exceeded\n' };
}
