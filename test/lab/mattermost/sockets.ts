import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Event, Events } from './events.js';
import { keepAlive } from './socket-keep-alive.js';
import { Link, type SocketFault } from './socket-link.js';
import { answerRequest } from './socket-requests.js';
import type { State } from './state.js';
import { isObj, str, type Token } from './types.js';

const CHALLENGE_MS = 5000;
const RESUMABLE_MS = 300_000;
const MOST_BYTES = 8192;

/** `/api/v4/websocket`. */
export class Sockets {
  /** No new socket gets through. */
  refuse = false;
  /** So many sockets are cut before, or right after, their hello. */
  cutBeforeHello = 0;
  cutAfterHello = 0;
  /** How many sockets there ever were. */
  opened = 0;
  readonly #state: State;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES });
  readonly #links = new Set<Link>();

  constructor(state: State, events: Events) {
    this.#state = state;
    events.deliver = (userId, event) => this.#deliver(userId, event);
  }

  /** The open and authenticated ones. */
  get open(): number {
    return this.#live().length;
  }

  #live(): Link[] {
    return [...this.#links].filter((l) => l.ws !== undefined && l.token !== undefined);
  }

  #deliver(userId: string, event: Event): void {
    for (const link of this.#links) {
      if (link.token?.user_id !== userId || link.deaf) continue;
      if (link.ws === undefined && this.#state.now() - link.lostAt > RESUMABLE_MS) this.#links.delete(link);
      else link.event(event);
    }
  }

  /** Sockets of a dead token or person fall silent, without a word. */
  deafen(match: (token: Token) => boolean): void {
    for (const link of this.#links) if (link.token !== undefined && match(link.token)) link.deaf = true;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, token: Token | undefined): void {
    if (this.refuse) {
      socket.destroy();
      return;
    }
    const query = new URL(request.url ?? '/', 'http://x').searchParams;
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, query, token));
  }

  #accept(ws: WebSocket, query: URLSearchParams, token: Token | undefined): void {
    this.opened += 1;
    let link = new Link(ws);
    const id = query.get('connection_id');
    const number = query.get('sequence_number');
    this.#attach(ws, () => link);
    if (id && !number) {
      ws.terminate();
    } else if (this.cutBeforeHello > 0) {
      this.cutBeforeHello -= 1;
      ws.terminate();
    } else if (this.#state.owner(token) !== undefined) {
      link.token = token;
      const old = id ? this.#resumable(id, token) : undefined;
      if (old === undefined) {
        this.#links.add(link);
        this.#hello(link);
      } else {
        link = old;
        this.#resume(link, ws, Number(number));
      }
      keepAlive(ws, this.#state.timers);
    } else {
      this.#links.add(link);
      const cancel = this.#state.timers.after(CHALLENGE_MS, () => link.token ?? ws.terminate());
      ws.once('close', cancel);
    }
    this.#state.changes.emit();
  }

  #attach(ws: WebSocket, link: () => Link): void {
    ws.on('error', () => {});
    ws.on('message', (data, binary) => {
      const it = link();
      if (it.hung) return;
      const good = !binary && answerRequest(this.#state, it, String(data), (told) => this.#challenged(it, told));
      if (!good) ws.terminate();
    });
    ws.on('close', () => {
      const it = link();
      if (it.ws !== ws) return;
      it.ws = undefined;
      it.lostAt = this.#state.now();
      if (it.token === undefined) this.#links.delete(it);
      this.#state.changes.emit();
    });
  }

  /** Only a lost connection of the same person can be resumed. */
  #resumable(id: string, token: Token | undefined): Link | undefined {
    return [...this.#links].find(
      (l) =>
        l.id === id &&
        l.ws === undefined &&
        l.token?.user_id === token?.user_id &&
        this.#state.now() - l.lostAt <= RESUMABLE_MS,
    );
  }

  #resume(link: Link, ws: WebSocket, from: number): void {
    link.ws = ws;
    link.hung = false;
    if (from === 0) return;
    if (link.keeps(from)) {
      link.replay(from);
      return;
    }
    link.restart();
    this.#hello(link);
  }

  #hello(link: Link): void {
    const data = {
      server_version: `${this.#state.settings.Version}.lab`,
      connection_id: link.id,
      server_hostname: 'lab',
    };
    const broadcast = {
      omit_users: null,
      user_id: link.token?.user_id ?? '',
      channel_id: '',
      team_id: '',
      connection_id: '',
      omit_connection_id: '',
    };
    link.event({ event: 'hello', data, broadcast });
    if (this.cutAfterHello > 0) {
      this.cutAfterHello -= 1;
      // The frame goes out first.
      link.ws?.close(1011);
    }
  }

  #challenged(link: Link, data: unknown): boolean {
    // Authenticated already: a second challenge is answered, and changes nothing.
    if (link.token !== undefined) return true;
    const token = isObj(data) ? this.#state.tokens.get(str(data.token)) : undefined;
    if (token === undefined || this.#state.owner(token) === undefined) return false;
    link.token = token;
    this.#hello(link);
    const { ws } = link;
    if (ws !== undefined) keepAlive(ws, this.#state.timers);
    this.#state.changes.emit();
    return true;
  }

  fault(kind: SocketFault, userId?: string): void {
    for (const link of this.#live()) {
      if (userId === undefined || link.token?.user_id === userId) link.suffer(kind, this.#state.now());
    }
    this.#state.changes.emit();
  }

  /** As after a restart: nothing can be resumed. */
  forget(): void {
    for (const link of [...this.#links]) if (link.ws === undefined) this.#links.delete(link);
  }

  stop(): void {
    this.refuse = true;
    for (const link of this.#links) link.ws?.terminate();
    this.#server.close();
  }
}
