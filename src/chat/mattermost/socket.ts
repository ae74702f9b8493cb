import { Agent, WebSocket } from 'undici';
import { z } from 'zod';
import { trusted } from '../../http.js';
import type { Logger } from '../../log.js';
import { Post } from './api.js';

/** A ping of ours that stays unanswered so long: the connection is dead. Milliseconds. */
const PING_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

const Frame = z.object({
  event: z.string().optional(),
  seq: z.number().optional(),
  seq_reply: z.number().optional(),
  status: z.string().optional(),
  data: z.record(z.string(), z.unknown()).nullish(),
});

export interface SocketOptions {
  url: string;
  token: string;
  ca?: string;
  log: Logger;
  /** Somebody wrote something; by our own posts it is called as well. */
  onPost(post: Post): Promise<void>;
  /** Events may be missing from before now: no event is ever repeated, so they have to be fetched. */
  onGap(): Promise<void>;
}

/**
 * The server's events, for as long as it is wanted: reconnected with pauses that grow, and told of every gap.
 *
 * Logged in by the upgrade's header: the package's own client sends its token afterwards, and the server then resumes
 * nothing; and it needs globals that Node 20 has not.
 */
export class MattermostSocket {
  readonly #options: SocketOptions;
  readonly #agent: Agent;
  #socket: WebSocket | undefined;
  #isStopped = false;
  #failures = 0;
  #next = 0;
  #connection = '';
  #pause: NodeJS.Timeout | undefined;
  #pings: NodeJS.Timeout | undefined;
  /** Events one after the other: a gap is closed before what comes after it. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#agent = new Agent({ connect: trusted(options.ca) });
  }

  /** Resolves with the first greeting, or when there was no connection: it is tried again by itself. */
  start(): Promise<void> {
    return new Promise((resolve) => this.#connect(resolve));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#pause);
    clearInterval(this.#pings);
    this.#socket?.close();
    await this.#turn;
    await this.#agent.destroy();
  }

  #connect(greeted: () => void): void {
    const { url, token, log } = this.#options;
    const resume = this.#connection === '' ? '' : `?connection_id=${this.#connection}&sequence_number=${this.#next}`;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v4/websocket${resume}`, {
      headers: { authorization: `Bearer ${token}` },
      dispatcher: this.#agent,
    });
    this.#socket = socket;
    let answered = 0;
    let pinged = 0;
    socket.addEventListener('open', () => {
      this.#failures = 0;
      clearInterval(this.#pings);
      this.#pings = setInterval(() => {
        // A token that was revoked leaves the socket open and silent: only an action tells.
        if (answered < pinged) return socket.close();
        pinged += 1;
        socket.send(JSON.stringify({ seq: pinged, action: 'ping', data: {} }));
      }, PING_MS).unref();
    });
    socket.addEventListener('message', ({ data }) => {
      const frame = readFrame(data);
      if (frame === undefined) return;
      if (frame.seq_reply !== undefined) {
        if (frame.status === 'OK') answered = frame.seq_reply;
        else socket.close();
        return;
      }
      this.#turn = this.#turn
        .then(() => this.#take(frame))
        .catch((error: unknown) => log.error({ part: 'mattermost', error: String(error) }, 'an event was not taken'));
      if (frame.event === 'hello') greeted();
    });
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ code }) => {
      clearInterval(this.#pings);
      greeted();
      if (this.#isStopped) return;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 10));
      this.#failures += 1;
      if (this.#failures > 1) log.warn({ part: 'mattermost', code }, 'no connection for events');
      this.#pause = setTimeout(() => this.#connect(() => {}), pause);
    });
  }

  async #take({ event, seq, data }: z.infer<typeof Frame>): Promise<void> {
    if (event === 'hello') {
      const connection = String(data?.connection_id ?? '');
      const isResumed = connection === this.#connection;
      this.#connection = connection;
      this.#next = (seq ?? 0) + 1;
      if (!isResumed) await this.#options.onGap();
      return;
    }
    if (seq === undefined) return;
    // One that comes again was taken already.
    if (seq < this.#next) return;
    const isGap = seq > this.#next;
    this.#next = seq + 1;
    if (isGap) await this.#options.onGap();
    if (event !== 'posted') return;
    const post = readPost(data?.post);
    if (post !== undefined) await this.#options.onPost(post);
  }
}

function readFrame(data: unknown): z.infer<typeof Frame> | undefined {
  try {
    return Frame.safeParse(JSON.parse(String(data))).data;
  } catch {
    return undefined;
  }
}

/** The server sends JSON in a string. */
function readPost(text: unknown): Post | undefined {
  try {
    return Post.safeParse(JSON.parse(String(text))).data;
  } catch {
    return undefined;
  }
}
