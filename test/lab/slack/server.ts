import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { multipart, parseArgs, readBody } from './body.js';
import type { Faults } from './faults.js';
import { botSees } from './file-info.js';
import type { Upload } from './method.js';
import { findMethod, runMethod } from './methods.js';
import type { ResponseUrls } from './response-urls.js';
import type { Sockets } from './sockets.js';
import type { State, Token } from './state.js';
import type { Triggers } from './triggers.js';
import { ApiError, isObj, type Obj, type RecordedCall, str } from './types.js';

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string | Buffer;
  error?: string;
  json?: Obj;
}

export interface ServerParts {
  state: State;
  faults: Faults;
  sockets: Sockets;
  triggers: Triggers;
  responseUrls: ResponseUrls;
}

/** The double's addresses: the Web API, response_urls, uploads, downloads and the Socket Mode link. */
export class ApiServer {
  refuse = false;
  /** Downloads answer 302 to another address first. */
  redirectDownloads = false;
  fileShareDelayMs = 0;
  readonly #parts: ServerParts;
  readonly #uploads = new Map<string, Upload>();
  readonly #servers: Server[] = [];
  #otherOrigin = '';

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#parts.state.origin = await this.#listen();
    this.#otherOrigin = await this.#listen();
  }

  async stop(): Promise<void> {
    const closed = this.#servers.map((s) => new Promise((resolve) => s.close(resolve)));
    for (const server of this.#servers) server.closeAllConnections();
    await Promise.all(closed);
  }

  /** Cuts every idle and running HTTP connection; WebSockets stay. */
  cutHttp(): void {
    for (const server of this.#servers) server.closeAllConnections();
  }

  async #listen(): Promise<string> {
    const server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        this.#parts.state.problem(`the double itself failed: ${error instanceof Error ? error.stack : String(error)}`);
        response.destroy();
      });
    });
    server.on('connection', (socket) => {
      if (this.refuse) socket.destroy();
    });
    server.on('upgrade', (request, socket, head) => this.#parts.sockets.upgrade(request, socket, head));
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    const body = await readBody(request);
    const [, root = '', ...rest] = url.pathname.split('/');
    const type = request.headers['content-type'] ?? '';
    if (root === 'api') {
      const args = await parseArgs(type, body, url.searchParams);
      const token = bearer(request) ?? (rest.join('/') === 'apps.connections.open' ? undefined : str(args?.token));
      await this.#serve(request, response, rest.join('/'), args, token, (call) => this.#api(call, token, args));
    } else if (root === 'hooks') {
      const args = await parseArgs('application/json', body, new URLSearchParams());
      await this.#serve(request, response, 'response_url', args, undefined, () => {
        const { status, type: mime, body: text } = this.#parts.responseUrls.use(url.pathname, args);
        return { status, headers: { 'content-type': mime }, body: text, ...(status === 200 ? {} : { error: text }) };
      });
    } else if (root === 'upload') {
      const bytes = type.startsWith('multipart/') ? await filePart(type, body) : body;
      await this.#serve(request, response, 'upload', { length: bytes.length }, bearer(request), () =>
        this.#upload(rest.at(-1) ?? '', bytes),
      );
    } else if (root === 'files-pri') {
      const id = rest[0]?.split('-')[1] ?? '';
      const token = bearer(request);
      await this.#serve(request, response, 'download', { file: id, authorized: token !== undefined }, token, () =>
        this.#download(request, url, id, token),
      );
    } else {
      response.writeHead(404).end();
    }
  }

  /** Records the call and lets ordered faults happen before or after the work. */
  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    method: string,
    args: Obj | undefined,
    tokenText: string | undefined,
    work: (call: RecordedCall) => Answer,
  ): Promise<void> {
    const { state, faults } = this.#parts;
    const { token: _, ...shown } = args ?? {};
    const kind = tokenText === undefined ? 'none' : (state.tokens.get(tokenText)?.kind ?? 'unknown');
    const call: RecordedCall = {
      seq: state.calls.length + 1,
      method,
      args: shown,
      at: state.now(),
      tokenKind: kind,
    };
    state.calls.push(call);
    const fault = faults.next(method);
    const limited = fault === undefined ? faults.overLimit(method, str(shown.channel)) : undefined;
    let answer: Answer;
    if (fault?.kind === 'ratelimited' || limited !== undefined) {
      answer = tooMany(limited ?? fault?.retryAfter ?? 30);
    } else if (fault?.kind === 'http500' || fault?.kind === 'http503') {
      answer = { status: fault.kind === 'http500' ? 500 : 503, body: 'upstream error', error: fault.kind };
    } else if (fault?.kind === 'hang' || fault?.kind === 'cutBefore') {
      answer = { status: 0, body: '', error: fault.kind };
    } else {
      answer = work(call);
    }
    if (fault !== undefined) call.fault = fault.kind;
    call.ok = answer.error === undefined;
    call.status = answer.status;
    if (answer.error !== undefined) call.error = answer.error;
    if (answer.json !== undefined) call.answer = answer.json;
    if (fault?.kind === 'cutBefore' || fault?.kind === 'cutAfter') request.socket.destroy();
    else if (fault?.kind !== 'hang' && fault?.kind !== 'hangAfter') {
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }
    state.changes.emit();
  }

  #api(call: RecordedCall, tokenText: string | undefined, args: Obj | undefined): Answer {
    const { state, triggers, sockets } = this.#parts;
    const method = findMethod(call.method);
    const token = tokenText === undefined ? undefined : state.tokens.get(tokenText);
    try {
      if (method === undefined) throw new ApiError('unknown_method', { req_method: call.method });
      if (tokenText === undefined) throw new ApiError('not_authed');
      if (token === undefined) throw new ApiError('invalid_auth');
      if (token.revoked !== undefined) throw new ApiError(token.revoked);
      if (args === undefined) throw new ApiError('invalid_json');
      const result = runMethod(method, {
        state,
        triggers,
        token,
        args,
        uploads: this.#uploads,
        connect: () => sockets.url(),
        fileShareDelayMs: this.fileShareDelayMs,
      });
      return jsonAnswer({ ok: true, ...result }, token, method.scope);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return jsonAnswer({ ok: false, error: error.code, ...error.extra }, token, method?.scope);
    }
  }

  #upload(secret: string, bytes: Buffer): Answer {
    const upload = this.#uploads.get(secret);
    if (upload === undefined || upload.content !== undefined) {
      return { status: 404, body: 'no such upload', error: 'no_such_upload' };
    }
    if (bytes.length !== upload.length) return { status: 400, body: 'length mismatch', error: 'length_mismatch' };
    upload.content = bytes;
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: `OK - ${bytes.length}` };
  }

  #download(request: IncomingMessage, url: URL, id: string, tokenText: string | undefined): Answer {
    const { state } = this.#parts;
    const there = `http://${request.headers.host}` === this.#otherOrigin;
    if (this.redirectDownloads && !there) {
      return { status: 302, headers: { location: `${this.#otherOrigin}${url.pathname}` }, body: '' };
    }
    const token = tokenText === undefined ? undefined : state.tokens.get(tokenText);
    const file = state.files.get(id);
    const allowed = token?.kind === 'bot' && token.revoked === undefined && token.scopes.has('files:read');
    if (!allowed || file === undefined || !botSees(state, file)) {
      const body = '<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>';
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body, error: 'signin_page' };
    }
    const headers = { 'content-type': file.mimetype, 'content-length': String(file.content.length) };
    return { status: 200, headers, body: file.content };
  }
}

function bearer(request: IncomingMessage): string | undefined {
  const match = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}

async function filePart(type: string, body: Buffer): Promise<Buffer> {
  const [part] = await multipart(type, body);
  return part?.file ?? Buffer.from(part?.text ?? '');
}

function tooMany(seconds: number): Answer {
  return {
    status: 429,
    headers: { 'retry-after': String(seconds), 'content-type': 'application/json; charset=utf-8' },
    body: '{"ok":false,"error":"ratelimited"}',
    error: 'ratelimited',
  };
}

function jsonAnswer(json: Obj, token: Token | undefined, accepted: string | undefined): Answer {
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (token !== undefined) headers['x-oauth-scopes'] = [...token.scopes].join(',');
  if (accepted !== undefined) headers['x-accepted-oauth-scopes'] = accepted;
  const error = isObj(json) && json.ok === false ? { error: String(json.error) } : {};
  return { status: 200, headers, body: JSON.stringify(json), json, ...error };
}
