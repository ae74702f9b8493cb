import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Journal, RecordedRequest } from './journal.js';
import { type CannedAnswer, gatewayPage } from './pages.js';

/** A path with `*` for anything, optionally after a method: `POST /api/v4/projects/*\/deploy_tokens`; or a question, asked once a request. */
export type RequestPattern = string | RegExp | ((request: RecordedRequest) => boolean);

export interface Delay {
  /** The request is here and waits. */
  readonly arrived: Promise<RecordedRequest>;
  release(): void;
}

export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly pattern?: RequestPattern;
  /** Without headers it is a limit inside the application; the default is the one in front of it. */
  readonly headers?: boolean;
  /** RateLimit-* on the permitted answers too, as GitLab.com does. */
  readonly announce?: boolean;
}

export interface BanPolicy {
  readonly failures: number;
  readonly windowSeconds: number;
  readonly banSeconds: number;
}

interface Planned {
  readonly pattern: RequestPattern;
  left: number;
}

interface Gate {
  readonly pattern: RequestPattern;
  readonly moment: 'before' | 'after';
  arrive(request: RecordedRequest): void;
  readonly released: Promise<void>;
}

/** What goes wrong on purpose, in front of and behind the application. */
export class Faults {
  rateLimit: RateLimit | undefined;
  /** Every request waits so long for its answer: a network in between. Milliseconds. */
  latencyMs = 0;
  banPolicy: BanPolicy | undefined;
  readonly #clock: () => number;
  readonly #bans = new Map<string, number>();
  readonly #failures = new Map<string, number[]>();
  readonly #observed = new Map<number, number>();
  readonly #answers: (Planned & { answer: CannedAnswer })[] = [];
  readonly #cuts: Planned[] = [];
  readonly #gates: Gate[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  fail(pattern: RequestPattern, answer: CannedAnswer, times: number): void {
    this.#answers.push({ pattern, answer, left: times });
  }

  cutAfter(pattern: RequestPattern, times: number): void {
    this.#cuts.push({ pattern, left: times });
  }

  delayNext(pattern: RequestPattern, moment: 'before' | 'after'): Delay {
    const arrival = withResolvers<RecordedRequest>();
    const release = withResolvers<void>();
    this.#gates.push({ pattern, moment, arrive: arrival.resolve, released: release.promise });
    return { arrived: arrival.promise, release: () => release.resolve() };
  }

  ban(address: string, seconds = 3600): void {
    this.#bans.set(address, this.#clock() + seconds * 1000);
  }

  unban(address: string): void {
    this.#bans.delete(address);
    this.#failures.delete(address);
  }

  isBanned(address: string): boolean {
    return (this.#bans.get(address) ?? 0) > this.#clock();
  }

  failed(address: string): void {
    const policy = this.banPolicy;
    if (!policy) return;
    const since = this.#clock() - policy.windowSeconds * 1000;
    const recent = [...(this.#failures.get(address) ?? []), this.#clock()].filter((time) => time > since);
    this.#failures.set(address, recent);
    if (recent.length >= policy.failures) this.ban(address, policy.banSeconds);
  }

  succeeded(address: string): void {
    this.#failures.delete(address);
  }

  clear(): void {
    this.#answers.length = 0;
    this.#cuts.length = 0;
    this.rateLimit = undefined;
  }

  /** An answer in place of the application's. */
  intercept(request: RecordedRequest, address: string, response: ServerResponse): CannedAnswer | undefined {
    if (request.path.startsWith('/jwt/auth') && this.isBanned(address)) {
      const body = 'Too many failed authentication attempts from this IP\n';
      return { status: 403, body, contentType: 'text/plain' };
    }
    return this.#limited(request, response) ?? take(this.#answers, request)?.answer;
  }

  async waitAt(moment: 'before' | 'after', request: RecordedRequest): Promise<void> {
    const index = this.#gates.findIndex((gate) => gate.moment === moment && matches(gate.pattern, request));
    const [gate] = index === -1 ? [] : this.#gates.splice(index, 1);
    gate?.arrive(request);
    await gate?.released;
  }

  mustCut(request: RecordedRequest): boolean {
    return take(this.#cuts, request) !== undefined;
  }

  #limited(request: RecordedRequest, response: ServerResponse): CannedAnswer | undefined {
    const limit = this.rateLimit;
    if (!limit || (limit.pattern !== undefined && !matches(limit.pattern, request))) return undefined;
    const seconds = Math.floor(this.#clock() / 1000);
    const window = Math.floor(seconds / limit.windowSeconds);
    const observed = (this.#observed.get(window) ?? 0) + 1;
    this.#observed.set(window, observed);
    const reset = (window + 1) * limit.windowSeconds;
    const headers = {
      'RateLimit-Limit': String(limit.limit),
      'RateLimit-Name': 'throttle_authenticated_api',
      'RateLimit-Observed': String(observed),
      'RateLimit-Remaining': String(Math.max(0, limit.limit - observed)),
      'RateLimit-Reset': String(reset),
      'RateLimit-ResetTime': new Date(reset * 1000).toUTCString(),
    };
    if (observed <= limit.limit) {
      // Whoever reads the reset needs GitLab's clock for it.
      if (limit.announce) response.setHeader('Date', new Date(seconds * 1000).toUTCString());
      if (limit.announce) for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      return undefined;
    }
    if (limit.headers === false) {
      const message = { error: 'This endpoint has been requested too many times. Try again later.' };
      return { status: 429, body: JSON.stringify({ message }), contentType: 'application/json' };
    }
    const retryAfter = { 'Retry-After': String(reset - seconds) };
    return { status: 429, body: 'Retry later\n', contentType: 'text/plain', headers: { ...headers, ...retryAfter } };
  }
}

export interface Frontend {
  readonly journal: Journal;
  readonly faults: Faults;
  /** Hands the request to the application. */
  route(request: IncomingMessage, response: ServerResponse): void;
}

/** The way of every request: recorded, perhaps held or refused, then the application. */
export async function serve(frontend: Frontend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { journal, faults } = frontend;
  const recorded = journal.arrived(request, response);
  await faults.waitAt('before', recorded);
  if (faults.latencyMs > 0) await pause(faults.latencyMs);
  const answer = faults.intercept(recorded, request.socket.remoteAddress ?? '', response);
  if (!answer) {
    frontend.route(request, response);
    return;
  }
  request.resume();
  const body = answer.body ?? gatewayPage(answer.status, recorded.path);
  const contentType = answer.contentType ?? (body.startsWith('{') ? 'application/json' : 'text/html');
  response.writeHead(answer.status, { 'content-type': contentType, ...answer.headers }).end(body);
}

function take<T extends Planned>(plans: T[], request: RecordedRequest): T | undefined {
  const plan = plans.find((one) => one.left > 0 && matches(one.pattern, request));
  if (plan) plan.left -= 1;
  return plan;
}

export function matches(pattern: RequestPattern, request: RecordedRequest): boolean {
  if (typeof pattern === 'function') return pattern(request);
  const path = request.path.replace(/\?.*$/, '');
  const candidates = [path, safeDecode(path)].flatMap((one) => [one, `${request.method} ${one}`]);
  if (pattern instanceof RegExp) return pattern.test(`${request.method} ${request.path}`);
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const whole = new RegExp(`^${literal.join('.*')}$`);
  return candidates.some((candidate) => whole.test(candidate));
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
