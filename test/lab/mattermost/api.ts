import { randomUUID } from 'node:crypto';
import { AppError, badBody, badUrl, expired } from './errors.js';
import { isId, newId } from './ids.js';
import type { State } from './state.js';
import { isObj, type Obj, type Token, type User } from './types.js';

export interface ApiRequest {
  readonly method: string;
  /** Below the SiteURL. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string | undefined>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string | string[]>;
}

export interface Route {
  readonly method: string;
  /** `:x_id` takes letters and digits and must be an id, `:x_name` takes what names are made of, `:x` any word. */
  readonly path: string;
  /** Needs no login. */
  readonly open?: boolean;
  /** Not bound by MaximumPayloadSizeBytes. */
  readonly big?: boolean;
  run(call: Call): Reply | Promise<Reply>;
}

export const ok = (json: unknown, status = 200): Reply => ({ status, json });
export const done = (): Reply => ok({ status: 'OK' });

/** A request that found its route. */
export class Call {
  readonly request: ApiRequest;
  readonly token: Token | undefined;
  readonly #params: Record<string, string>;
  readonly #user: User | undefined;

  constructor(request: ApiRequest, params: Record<string, string>, token: Token | undefined, user: User | undefined) {
    this.request = request;
    this.#params = params;
    this.token = token;
    this.#user = user;
  }

  get query(): URLSearchParams {
    return this.request.query;
  }

  get me(): User {
    if (this.#user === undefined) throw expired();
    return this.#user;
  }

  get loggedIn(): boolean {
    return this.#user !== undefined;
  }

  param(name: string): string {
    return this.#params[name] ?? '';
  }

  /** An id of the path; `me` is whoever calls. */
  id(name: string): string {
    const value = this.param(name);
    if (name === 'user_id' && value === 'me') return this.me.id;
    if (!isId(value)) throw badUrl(name);
    return value;
  }

  #parsed(what: string): unknown {
    try {
      return JSON.parse(this.request.body.toString('utf8'));
    } catch {
      throw badBody(what);
    }
  }

  json(what = 'body'): Obj {
    const parsed = this.#parsed(what);
    if (!isObj(parsed)) throw badBody(what);
    return parsed;
  }

  list(what = 'body'): string[] {
    const parsed = this.#parsed(what);
    if (!Array.isArray(parsed) || !parsed.every((v) => typeof v === 'string')) throw badBody(what);
    return parsed;
  }

  /** `page` and `per_page` as the server bounds them: 60 unless told, never more than 200. */
  page<T>(items: T[]): T[] {
    const page = Math.max(0, Number(this.query.get('page')) || 0);
    const asked = this.query.get('per_page');
    const per = asked === null || !(Number(asked) >= 0) ? 60 : Math.min(200, Number(asked));
    return items.slice(page * per, (page + 1) * per);
  }
}

export interface Found {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** The routes and what every call has in common. People's clients call it directly, the bot over the network. */
export class Api {
  readonly #state: State;
  readonly #routes: { route: Route; pattern: RegExp }[];

  constructor(state: State, routes: Route[]) {
    this.#state = state;
    this.#routes = routes.map((route) => ({ route, pattern: pattern(route.path) }));
  }

  find(method: string, path: string): Found | undefined {
    for (const { route, pattern } of this.#routes) {
      const match = route.method === method ? pattern.exec(path) : null;
      if (match !== null) return { route, params: match.groups ?? {} };
    }
    return undefined;
  }

  /** Whose call it is, dead tokens included. */
  tokenOf(request: ApiRequest): Token | undefined {
    return this.#state.tokens.get(tokenText(request) ?? '');
  }

  async handle(request: ApiRequest): Promise<Reply> {
    const headers = { 'x-request-id': newId(), 'x-version-id': `${this.#state.settings.Version}.lab.${VERSION_HASH}` };
    try {
      const reply = await this.#run(request);
      return { ...reply, headers: { ...headers, ...reply.headers } };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { ...errorReply(error, headers['x-request-id']), headers };
    }
  }

  #run(request: ApiRequest): Reply | Promise<Reply> {
    const found = this.find(request.method, request.path);
    if (found === undefined) throw new AppError(404, 'api.context.404.app_error', 'Sorry, we could not find the page.');
    const { route, params } = found;
    if (request.query.has('access_token')) throw new AppError(401, 'api.context.token_provided.app_error');
    const token = this.tokenOf(request);
    const user = this.#state.owner(token);
    if (route.open !== true && user === undefined) throw expired();
    if (route.big !== true && request.body.length > this.#state.settings.MaximumPayloadSizeBytes + 512) {
      throw new AppError(413, 'api.context.request_body_too_large.app_error', 'Request body too large.');
    }
    return route.run(new Call(request, params, token, user));
  }
}

const VERSION_HASH = randomUUID().replaceAll('-', '');

export function errorReply(error: AppError, requestId: string = newId()): Reply {
  const { id, message, status } = error;
  return { status, json: { id, message, detailed_error: '', request_id: requestId, status_code: status } };
}

function tokenText(request: ApiRequest): string | undefined {
  const bearer = /^(?:bearer|token) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  // A cookie counts only when the request can't come from another site's form.
  const cookie = /(?:^|; )MMAUTHTOKEN=([a-z0-9]+)/.exec(request.headers.cookie ?? '')?.[1];
  return request.headers['x-requested-with'] === 'XMLHttpRequest' ? cookie : undefined;
}

function pattern(path: string): RegExp {
  const source = path.replace(/:(\w+)/g, (_, name: string) => {
    const chars = name.endsWith('_id') ? '[A-Za-z0-9]+' : '[A-Za-z0-9_.@+-]+';
    return `(?<${name}>${chars})`;
  });
  return new RegExp(`^${source}/?$`);
}
