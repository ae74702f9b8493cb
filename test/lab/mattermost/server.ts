import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readBody } from '../slack/body.js';
import { type Api, type ApiRequest, errorReply, ok, type Reply } from './api.js';
import { AppError } from './errors.js';
import { type Fault, type Faults, proxyError } from './faults.js';
import { newId } from './ids.js';
import { limitHeaders, type RateLimiter, tooMany } from './rate-limiter.js';
import type { Sockets } from './sockets.js';
import type { State } from './state.js';
import { isObj, type RecordedRequest } from './types.js';

export interface ServerParts {
  readonly state: State;
  readonly api: Api;
  readonly faults: Faults;
  readonly limiter: RateLimiter;
  readonly sockets: Sockets;
}

export interface ListenOptions {
  /** PEM. With them the SiteURL is https. */
  tls?: { key: string; cert: string };
  /** The SiteURL's path, e.g. `/chat`. */
  subpath?: string;
}

/** The address of the server: records calls, lets ordered faults happen, and hands the rest to the API. */
export class HttpServer {
  /** No new connection gets through. */
  refuse = false;
  readonly #parts: ServerParts;
  readonly #server: Server;
  readonly #subpath: string;
  readonly #scheme: string;

  constructor(parts: ServerParts, options: ListenOptions) {
    this.#parts = parts;
    this.#subpath = options.subpath ?? '';
    this.#scheme = options.tls === undefined ? 'http' : 'https';
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      this.#handle(request, response).catch((error: unknown) => {
        parts.state.problem(`the double itself failed: ${error instanceof Error ? error.stack : String(error)}`);
        response.destroy();
      });
    };
    this.#server = options.tls === undefined ? createServer(handle) : createTls(options.tls, handle);
    this.#server.on('connection', (socket) => {
      if (this.refuse) socket.destroy();
    });
    this.#server.on('upgrade', (request, socket, head) => {
      const asked = this.#request(request, Buffer.alloc(0));
      if (asked?.path !== '/api/v4/websocket') socket.destroy();
      else parts.sockets.upgrade(request, socket, head, parts.api.tokenOf(asked));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    this.#parts.state.siteUrl = `${this.#scheme}://127.0.0.1:${port}${this.#subpath}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Cuts every idle and running HTTP connection. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  #request(request: IncomingMessage, body: Buffer): ApiRequest | undefined {
    const url = new URL(request.url ?? '/', 'http://x');
    if (!url.pathname.startsWith(`${this.#subpath}/`)) return undefined;
    const path = decodeURIComponent(url.pathname.slice(this.#subpath.length));
    const headers = request.headers as Record<string, string | undefined>;
    return { method: request.method ?? 'GET', path, query: url.searchParams, headers, body };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { state, api, faults, limiter } = this.#parts;
    const asked = this.#request(request, await readBody(request));
    if (asked === undefined) {
      response.writeHead(404).end();
      return;
    }
    const record = this.#record(asked);
    const call = `${asked.method} ${asked.path.replace('/api/v4', '')}`;
    const fault = faults.next(record.route, call);
    const token = api.tokenOf(asked);
    const { headers: limits, refusal } = limiter.take(request.socket.remoteAddress ?? '', token?.token ?? '');
    const early = refusal ?? orderedReply(fault);
    const silent = fault === 'cutBefore' || fault === 'hang';
    let reply = early ?? (silent ? { status: 0 } : await api.handle(asked));
    if (fault === 'empty' && reply.status === 200) reply = emptyList(reply);
    if (fault !== undefined) record.fault = String(fault);
    record.status = reply.status;
    if (reply.json !== undefined) record.answer = reply.json;
    if (reply.status >= 400) record.error = isObj(reply.json) ? String(reply.json.id) : String(reply.body).trim();
    if (fault === 'cutBefore' || fault === 'cutAfter') request.socket.destroy();
    else if (fault !== 'hang' && fault !== 'hangAfter') answer(response, reply, limits);
    state.changes.emit();
  }

  #record(asked: ApiRequest): RecordedRequest {
    const { state, api } = this.#parts;
    const route = api.find(asked.method, asked.path)?.route.path ?? asked.path;
    const owner = api.tokenOf(asked)?.user_id;
    const record: RecordedRequest = {
      seq: state.requests.length + 1,
      at: state.now(),
      method: asked.method,
      path: asked.path,
      route: `${asked.method} ${route.replace('/api/v4', '')}`,
      query: Object.fromEntries(asked.query),
      body: shownBody(asked),
      username: owner === undefined ? undefined : state.users.get(owner)?.username,
    };
    state.requests.push(record);
    state.changes.emit();
    return record;
  }
}

function shownBody(asked: ApiRequest): unknown {
  if (asked.body.length === 0) return undefined;
  if (asked.path.endsWith('/files')) return { bytes: asked.body.length };
  const text = asked.body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Without a charset: the official client reads only exactly this type as JSON. */
function answer(response: ServerResponse, reply: Reply, limits: Record<string, string>): void {
  const body = reply.json === undefined ? (reply.body ?? '') : JSON.stringify(reply.json);
  const type = reply.json === undefined ? {} : { 'content-type': 'application/json' };
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(reply.status, { ...type, ...limits, ...reply.headers, ...length }).end(body);
}

function orderedReply(fault: Fault | undefined): Reply | undefined {
  if (typeof fault !== 'number') return undefined;
  if (fault === 429) {
    const { headers, ...rest } = tooMany(1);
    return { ...rest, headers: { ...headers, ...limitHeaders(100, 0, 10) } };
  }
  if (fault === 502 || fault === 504) return proxyError(fault);
  const id = fault === 503 ? 'api.context.server_busy.app_error' : 'app.lab.fault.app_error';
  const requestId = newId();
  return { ...errorReply(new AppError(fault, id), requestId), headers: { 'x-request-id': requestId } };
}

function emptyList(reply: Reply): Reply {
  const list = isObj(reply.json) ? reply.json : {};
  return {
    ...ok({ ...list, order: [], posts: {} }),
    ...(reply.headers === undefined ? {} : { headers: reply.headers }),
  };
}
