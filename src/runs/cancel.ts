import type { Redis } from 'ioredis';
import { PREFIX } from '../queue/connection.js';

const CHANNEL = `${PREFIX}:cancel`;

/** Thrown in place of a run's end: somebody does not want it any more. */
export class Cancelled extends Error {}

/** The workers' ears for what is cancelled while it runs: whichever of them has the run hears it. */
export class Cancellations {
  readonly #redis: Redis;
  readonly #waiting = new Map<string, () => void>();

  /** On a connection of its own, for one that listens can do nothing else. */
  constructor(redis: Redis) {
    this.#redis = redis.duplicate();
    this.#redis.on('error', () => {});
    this.#redis.on('message', (_channel, id) => this.#waiting.get(id)?.());
    // ioredis subscribes again by itself after a lost connection.
    this.#redis.subscribe(CHANNEL).catch(() => {});
  }

  /** Rejects with {@link Cancelled} when the run is cancelled; never resolves. */
  of(id: string): { cancelled: Promise<never>; over(): void } {
    const cancelled = new Promise<never>((_, reject) => {
      this.#waiting.set(id, () => reject(new Cancelled()));
    });
    cancelled.catch(() => {});
    return { cancelled, over: () => void this.#waiting.delete(id) };
  }

  close(): void {
    this.#redis.disconnect();
  }
}

/** Tells all workers. Errors: Redis's own. */
export async function cancelRun(redis: Redis, id: string): Promise<void> {
  await redis.publish(CHANNEL, id);
}
