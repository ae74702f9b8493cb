import type { IncomingMessage, ServerResponse } from 'node:http';
import { basicCredentials } from './credentials.js';

export interface RecordedRequest {
  readonly method: string;
  /** With the query, as it came. */
  readonly path: string;
  readonly at: number;
  readonly authenticated: boolean;
  readonly userAgent: string | undefined;
  /** The client's. */
  readonly address: string;
  /** The name of a Basic header. */
  readonly login: string | undefined;
  /** 0 until answered, and for good if the connection was cut. */
  status: number;
  state: 'open' | 'answered' | 'cut';
}

interface Waiter {
  readonly moment: 'arrived' | 'done';
  readonly predicate: (request: RecordedRequest) => boolean;
  readonly resolve: (request: RecordedRequest) => void;
}

/** Every request in the order of its arrival, and waiting for one without polling. */
export class Journal {
  readonly requests: RecordedRequest[] = [];
  readonly #clock: () => number;
  readonly #byMessage = new WeakMap<IncomingMessage, RecordedRequest>();
  #waiters: Waiter[] = [];
  /** Told of each answer before whoever waits for it. */
  onAnswer: ((request: RecordedRequest, bytes: number) => void) | undefined;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  arrived(request: IncomingMessage, response: ServerResponse): RecordedRequest {
    const { authorization } = request.headers;
    const recorded: RecordedRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      at: this.#clock(),
      authenticated: authorization !== undefined || request.headers['private-token'] !== undefined,
      userAgent: request.headers['user-agent'],
      address: request.socket.remoteAddress ?? '',
      login: basicCredentials(authorization)?.login,
      status: 0,
      state: 'open',
    };
    this.requests.push(recorded);
    this.#byMessage.set(request, recorded);
    response.once('close', () => {
      const answered = response.writableFinished && recorded.state !== 'cut';
      recorded.state = answered ? 'answered' : 'cut';
      if (answered) recorded.status = response.statusCode;
      if (answered) this.onAnswer?.(recorded, Number(response.getHeader('content-length') ?? 0));
      this.#notify('done', recorded);
    });
    this.#notify('arrived', recorded);
    return recorded;
  }

  of(request: IncomingMessage): RecordedRequest | undefined {
    return this.#byMessage.get(request);
  }

  /** The first request that is over and fits: one of the past or the next to come. */
  waitFor(predicate: Waiter['predicate'], moment: Waiter['moment'] = 'done'): Promise<RecordedRequest> {
    const past = this.requests.find((one) => (moment === 'arrived' || one.state !== 'open') && predicate(one));
    if (past) return Promise.resolve(past);
    return new Promise((resolve) => this.#waiters.push({ moment, predicate, resolve }));
  }

  #notify(moment: Waiter['moment'], request: RecordedRequest): void {
    const due = this.#waiters.filter((waiter) => waiter.moment === moment && waiter.predicate(request));
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter));
    for (const waiter of due) waiter.resolve(request);
  }
}
