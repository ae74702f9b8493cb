import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { State } from './state.js';
import { type Delivered, type EnvelopeKind, isObj, type Obj } from './types.js';

const ACK_MS = 3000;
const MOST_CONNECTIONS = 10;
const TICKET_MS = 30_000;

/** `silent`: neither pongs nor envelopes, yet a close is answered; `dead`: nothing is read any more. */
export type Disconnect =
  | 'warning'
  | 'refresh_requested'
  | 'link_disabled'
  | 'too_many_websockets'
  | 'terminate'
  | 'silent'
  | 'dead';

export interface ConnectionRecord {
  readonly id: number;
  readonly openedAt: number;
  closedAt?: number;
  closeCode?: number;
}

interface Connection {
  readonly record: ConnectionRecord;
  readonly ws: WebSocket;
  silent: boolean;
}

interface Envelope {
  readonly kind: EnvelopeKind;
  readonly sentAt: number;
  readonly connection: number;
  settled: boolean;
  settle(result: Delivered): void;
}

/** The Socket Mode side: tickets, hello, envelopes and their acks. */
export class Sockets {
  readonly log: ConnectionRecord[] = [];
  refuse = false;
  readonly #state: State;
  readonly #server = new WebSocketServer({ noServer: true, autoPong: false });
  readonly #tickets = new Map<string, number>();
  readonly #envelopes = new Map<string, Envelope>();
  #connections: Connection[] = [];
  #turn = 0;

  constructor(state: State) {
    this.#state = state;
  }

  get open(): number {
    return this.#connections.length;
  }

  /** Envelopes nobody has acked (yet). */
  unacked(): string[] {
    return [...this.#envelopes].flatMap(([id, e]) => (e.settled ? [] : [id]));
  }

  url(): string {
    const ticket = this.#state.secret();
    this.#tickets.set(ticket, this.#state.now());
    const base = this.#state.origin.replace('http:', 'ws:');
    return `${base}/link/?ticket=${ticket}&app_id=${this.#state.appId}`;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://x').searchParams.get('ticket') ?? '';
    const issued = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (this.refuse || issued === undefined || this.#state.now() - issued > TICKET_MS) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#accept(ws));
  }

  #accept(ws: WebSocket): void {
    const { teamId, appId } = this.#state;
    const host = `applink-${teamId.toLowerCase()}`;
    ws.on('error', () => {});
    if (this.#connections.length >= MOST_CONNECTIONS) {
      ws.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host } }));
      ws.close(1000);
      return;
    }
    const record: ConnectionRecord = { id: this.log.length + 1, openedAt: this.#state.now() };
    const connection: Connection = { record, ws, silent: false };
    this.log.push(record);
    this.#connections.push(connection);
    ws.on('ping', (data) => {
      if (!connection.silent) ws.pong(data);
    });
    ws.on('message', (data) => {
      if (!connection.silent) this.#received(connection, String(data));
    });
    ws.on('close', (code) => {
      this.#connections = this.#connections.filter((c) => c !== connection);
      record.closedAt = this.#state.now();
      record.closeCode = code;
      this.#state.changes.emit();
    });
    const started = new Date(this.#state.now()).toISOString().replace('T', ' ').replace('Z', '');
    const hello = {
      type: 'hello',
      num_connections: this.#connections.length,
      connection_info: { app_id: appId },
      debug_info: { host, started, build_number: 54, approximate_connection_time: 18_060 },
    };
    ws.send(JSON.stringify(hello));
    this.#state.changes.emit();
  }

  /** Sends to one connection and waits for the ack, three seconds at most. */
  deliver(
    kind: EnvelopeKind,
    payload: Obj,
    takesAnswer: boolean,
    retry?: { num: number; reason: string },
  ): Promise<Delivered> {
    const connection = this.#connections[this.#turn++ % Math.max(1, this.#connections.length)];
    const envelopeId = randomUUID();
    if (connection === undefined) {
      return Promise.resolve({ via: 'none', id: envelopeId, status: 0, error: 'dispatch_failed', latencyMs: 0 });
    }
    return new Promise((resolve) => {
      const sentAt = this.#state.now();
      const cancel = this.#state.timers.after(ACK_MS, () => {
        envelope.settle({
          via: 'socket',
          id: envelopeId,
          status: 0,
          error: 'operation_timeout',
          reason: 'timeout',
          latencyMs: ACK_MS,
        });
      });
      const envelope: Envelope = {
        kind,
        sentAt,
        connection: connection.record.id,
        settled: false,
        settle: (result) => {
          cancel();
          resolve(result);
        },
      };
      this.#envelopes.set(envelopeId, envelope);
      if (!connection.silent) {
        const retries =
          kind === 'events_api' ? { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? '' } : {};
        connection.ws.send(
          JSON.stringify({
            envelope_id: envelopeId,
            type: kind,
            accepts_response_payload: takesAnswer,
            ...retries,
            payload,
          }),
        );
      }
      this.#state.changes.emit();
    });
  }

  #received(connection: Connection, data: string): void {
    let frame: unknown;
    try {
      frame = JSON.parse(data);
    } catch {
      frame = undefined;
    }
    const id = isObj(frame) ? frame.envelope_id : undefined;
    const envelope = typeof id === 'string' ? this.#envelopes.get(id) : undefined;
    if (!isObj(frame) || typeof id !== 'string' || envelope === undefined) {
      this.#state.problem(`ack for an unknown envelope: ${data.slice(0, 200)}`);
      connection.ws.close(1008, 'unknown envelope');
      return;
    }
    const now = this.#state.now();
    const latencyMs = now - envelope.sentAt;
    const late = latencyMs > ACK_MS;
    this.#state.acks.push({
      kind: envelope.kind,
      via: 'socket',
      id,
      payload: frame.payload,
      at: now,
      latencyMs,
      late,
      connection: connection.record.id,
    });
    const payload = isObj(frame.payload) && Object.keys(frame.payload).length === 0 ? undefined : frame.payload;
    envelope.settled = true;
    envelope.settle({ via: 'socket', id, status: 200, ack: payload, latencyMs });
    this.#state.changes.emit();
  }

  disconnect(kind: Disconnect): void {
    const host = `applink-${this.#state.teamId.toLowerCase()}`;
    for (const c of [...this.#connections]) {
      if (kind === 'terminate') c.ws.terminate();
      else if (kind === 'silent') c.silent = true;
      else if (kind === 'dead') {
        c.silent = true;
        c.ws.pause();
      } else {
        const say = (reason: string): void => {
          if (c.ws.readyState !== c.ws.OPEN || c.silent) return;
          c.ws.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host } }));
        };
        say(kind);
        if (kind === 'warning') this.#state.timers.after(10_000, () => say('refresh_requested'));
      }
    }
  }

  /** Closes politely: a client that is closing itself must not meet a cut connection. */
  async stop(): Promise<void> {
    this.refuse = true;
    const closed = this.#connections.map((c) => {
      c.ws.resume();
      const cut = setTimeout(() => c.ws.terminate(), 1000);
      const done = new Promise<void>((resolve) => {
        c.ws.once('close', () => {
          clearTimeout(cut);
          resolve();
        });
      });
      c.ws.close(1001);
      return done;
    });
    await Promise.all(closed);
    this.#server.close();
  }
}
