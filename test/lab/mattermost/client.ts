import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { readBody } from '../slack/body.js';
import { Changes } from '../slack/wait.js';
import { isObj, type Obj } from './types.js';

/** What a plain client of the API sees. */
export interface Got {
  status: number;
  json: Obj;
  text: string;
  headers: Headers;
  /** The error's id. */
  id: string;
}

/** Calls `/api/v4` with a token, as an integration does. */
export function client(url: string, token?: string) {
  return async (method: string, path: string, body?: unknown): Promise<Got> => {
    const raw = body === undefined || typeof body === 'string' || body instanceof FormData || Buffer.isBuffer(body);
    const response = await fetch(`${url}/api/v4${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `BEARER ${token}` }),
        ...(raw ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type');
    const parsed: unknown = type === 'application/json' ? JSON.parse(text) : {};
    const json = isObj(parsed) ? parsed : { list: parsed };
    return { status: response.status, json, text, headers: response.headers, id: String(json.id ?? '') };
  };
}

export interface Received {
  headers: IncomingMessage['headers'];
  method: string;
  path: string;
  body: string;
}

/** What an integration answers: a status, a type and a body; `undefined`: nothing, ever. */
export type Says = { status?: number; type?: string; body?: string | Obj } | undefined;

/** An integration that answers what it is told to. */
export async function integration(
  says: (request: Received) => Says | Promise<Says>,
  tls?: { key: string; cert: string },
) {
  const received: Received[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void readBody(request).then(async (bytes) => {
      const { headers, method = '', url = '' } = request;
      const got = { headers, method, path: url, body: bytes.toString('utf8') };
      received.push(got);
      const answer = await says(got);
      if (answer === undefined) return;
      const { status = 200, body = '' } = answer;
      const type = answer.type ?? 'application/json';
      response.writeHead(status, { 'content-type': type });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  };
  const server = tls === undefined ? createServer(handle) : createTls(tls, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (): Promise<unknown> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed;
  };
  const scheme = tls === undefined ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, received, stop };
}

/** A socket of the API, with all it was told. */
export class Listener {
  readonly frames: Obj[] = [];
  readonly #ws: WebSocket;
  readonly #changes = new Changes();
  closed: number | undefined;
  #seq = 0;

  constructor(url: string, options: { token?: string; query?: string; autoPong?: boolean } = {}) {
    const { token, query = '', autoPong = true } = options;
    this.#ws = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v4/websocket${query}`, {
      autoPong,
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });
    this.#ws.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)) as Obj);
      this.#changes.emit();
    });
    this.#ws.on('error', () => {});
    this.#ws.on('close', (code) => {
      this.closed = code;
      this.#changes.emit();
    });
  }

  get events(): string[] {
    return this.frames.flatMap((f) => (typeof f.event === 'string' ? [`${f.event} ${String(f.seq)}`] : []));
  }

  async opened(): Promise<void> {
    if (this.#ws.readyState === this.#ws.OPEN) return;
    await new Promise((resolve) => this.#ws.once('open', resolve));
  }

  send(frame: string | Obj): void {
    this.#ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends an action and gives its reply. */
  async asks(action: string, data: Obj = {}): Promise<Obj> {
    await this.opened();
    this.#seq += 1;
    const seq = this.#seq;
    this.send({ seq, action, data });
    return this.until(() => this.frames.find((f) => f.seq_reply === seq));
  }

  until<V>(probe: () => V | undefined | false): Promise<V> {
    return this.#changes.waitFor(probe, { what: `socket: ${String(probe)}` });
  }

  event(name: string): Promise<Obj> {
    return this.until(() => this.frames.find((f) => f.event === name));
  }

  close(): void {
    this.#ws.terminate();
  }
}
