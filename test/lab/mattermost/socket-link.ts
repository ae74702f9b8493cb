import type { WebSocket } from 'ws';
import type { Event } from './events.js';
import { newId } from './ids.js';
import type { Token } from './types.js';

const KEPT_EVENTS = 128;

/** What a test does to the open sockets. `cut`: the connection is gone; `hang`: neither reads nor answers. */
export type SocketFault = 'cut' | 'hang' | 'skip' | 'repeat' | 'reorder' | 'deaf';

/** One client's stream of events, which outlives its socket for a while. */
export class Link {
  id = newId();
  ws: WebSocket | undefined;
  token: Token | undefined;
  /** When the socket was lost. */
  lostAt = 0;
  /** Its token or owner was dead once: it stays open, and no event ever comes again. */
  deaf = false;
  /** Neither reads nor answers. */
  hung = false;
  #skipped = 0;
  #repeats = 0;
  /** An event a test wants behind the next one. */
  #held: Event | undefined;
  #reorder = false;
  #next = 0;
  #kept: { seq: number; frame: string }[] = [];

  constructor(ws: WebSocket) {
    this.ws = ws;
  }

  get next(): number {
    return this.#next;
  }

  /** A new stream: what was is not replayed. */
  restart(): void {
    this.id = newId();
    this.#next = 0;
    this.#kept = [];
  }

  event(event: Event): void {
    if (this.#reorder) {
      this.#reorder = false;
      this.#held = event;
      return;
    }
    this.#frame(event);
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#frame(held);
  }

  #frame(event: Event): void {
    const seq = this.#next;
    this.#next += 1;
    const frame = JSON.stringify({ ...event, seq });
    this.#kept.push({ seq, frame });
    if (this.#kept.length > KEPT_EVENTS) this.#kept.shift();
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return;
    }
    this.send(frame);
    if (this.#repeats > 0) {
      this.#repeats -= 1;
      this.send(frame);
    }
  }

  send(frame: string): void {
    if (!this.hung && this.ws?.readyState === this.ws?.OPEN) this.ws?.send(frame);
  }

  /** Whether every event from this number on is still there. */
  keeps(from: number): boolean {
    return from === this.#next || (from < this.#next && from >= (this.#kept[0]?.seq ?? Number.POSITIVE_INFINITY));
  }

  replay(from: number): void {
    for (const { seq, frame } of this.#kept) if (seq >= from) this.send(frame);
  }

  suffer(kind: SocketFault, now: number): void {
    if (kind === 'cut') {
      // Whatever happens from now on is missed: the server knows at once.
      const { ws } = this;
      this.ws = undefined;
      this.lostAt = now;
      ws?.terminate();
    } else if (kind === 'hang') {
      this.hung = true;
      this.ws?.pause();
    } else if (kind === 'skip') this.#skipped += 1;
    else if (kind === 'repeat') this.#repeats += 1;
    else if (kind === 'reorder') this.#reorder = true;
    else this.deaf = true;
  }
}
