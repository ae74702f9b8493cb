import type { Queue } from 'bullmq';

/**
 * Jobs that are written together: few, so that acknowledgements never wait long behind them; the more are waiting,
 * the larger the bite, so that a flood is caught up with.
 */
const FEWEST = 8;
const MOST = 100;
const PART = 32;

interface Waiting {
  name: string;
  data: unknown;
  id: string;
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Puts jobs into a queue in groups: whatever comes in one turn of the event loop, or while a write is under way, goes
 * in one write. A lone job waits for nothing, and in a busy moment queueing costs a fraction of an acknowledgement.
 */
export class Intake {
  readonly #queue: Queue;
  readonly #waiting: Waiting[] = [];
  #writing = false;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** Resolves when Redis has the job. Of a group that is not taken every job rejects; adding one again is harmless. */
  add(name: string, data: unknown, id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, data, id, resolve, reject });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      // The turn's other requests are acknowledged first, and join.
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#waiting.splice(0, Math.min(MOST, Math.max(FEWEST, Math.ceil(this.#waiting.length / PART))));
      try {
        await this.#queue.addBulk(group.map(({ name, data, id }) => ({ name, data, opts: { jobId: id } })));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#writing = false;
  }
}
