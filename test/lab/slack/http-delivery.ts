import { request } from 'node:http';
import { readBody } from './body.js';
import { signSlack } from './sign.js';
import type { State } from './state.js';
import type { Delivered, EnvelopeKind, Obj, SignatureKind } from './types.js';

const ACK_MS = 3000;
const REDIRECTS = 2;

export interface HttpOptions {
  signature?: SignatureKind;
  /** Unix seconds. */
  timestamp?: number;
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  type: string;
  location?: string;
  noRetry: boolean;
  body: string;
}

/** Signed POSTs to the app's request URL. */
export class HttpDelivery {
  url: string | undefined;
  readonly signingSecret: string;
  readonly #state: State;
  #serial = 0;

  constructor(state: State, signingSecret: string, url: string | undefined) {
    this.#state = state;
    this.signingSecret = signingSecret;
    this.url = url;
  }

  /** The headers of a request with this body. */
  sign(body: string, type: string, options: HttpOptions = {}): Record<string, string> {
    const { signature = 'good' } = options;
    const now = Math.floor(this.#state.now() / 1000);
    const timestamp = options.timestamp ?? (signature === 'stale' ? now - 301 : now);
    const secret = signature === 'wrong' ? `${this.signingSecret}!` : this.signingSecret;
    return {
      'content-type': type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(timestamp),
      ...(signature === 'missing' ? {} : { 'x-slack-signature': signSlack(secret, timestamp, body) }),
      ...options.headers,
    };
  }

  async deliver(kind: EnvelopeKind, payload: Obj, options: HttpOptions = {}): Promise<Delivered> {
    const json = kind === 'events_api';
    let body = JSON.stringify(payload);
    if (kind === 'interactive') body = new URLSearchParams({ payload: body }).toString();
    if (kind === 'slash_commands') body = new URLSearchParams(payload as Record<string, string>).toString();
    return this.send(kind, body, json ? 'application/json' : 'application/x-www-form-urlencoded', options);
  }

  async send(kind: EnvelopeKind, body: string, type: string, options: HttpOptions = {}): Promise<Delivered> {
    this.#serial += 1;
    const id = `http-${this.#serial}`;
    const sentAt = this.#state.now();
    const headers = this.sign(body, type, options);
    try {
      let target = new URL(this.url ?? '');
      let answer = await this.#post(target, body, headers);
      for (let hops = 0; answer.status >= 300 && answer.status < 400 && answer.location !== undefined; hops++) {
        if (hops === REDIRECTS) return this.#failed(id, sentAt, answer.status, 'too_many_redirects', answer.noRetry);
        target = new URL(answer.location, target);
        answer = await this.#post(target, body, headers);
      }
      if (answer.status < 200 || answer.status > 299) {
        return this.#failed(id, sentAt, answer.status, 'http_error', answer.noRetry);
      }
      const ack = this.#parse(answer);
      const now = this.#state.now();
      const latencyMs = now - sentAt;
      this.#state.acks.push({ kind, via: 'http', id, payload: ack, at: now, latencyMs, late: false });
      this.#state.changes.emit();
      return { via: 'http', id, status: answer.status, ack, latencyMs };
    } catch (error) {
      const reason = error instanceof Error && error.message === 'http_timeout' ? 'http_timeout' : 'connection_failed';
      return this.#failed(id, sentAt, 0, reason, false);
    }
  }

  #failed(id: string, sentAt: number, status: number, reason: string, noRetry: boolean): Delivered {
    const error = reason === 'http_timeout' ? 'operation_timeout' : 'dispatch_failed';
    return { via: 'http', id, status, error, reason, noRetry, latencyMs: this.#state.now() - sentAt };
  }

  #parse(answer: Answer): unknown {
    if (answer.body === '') return undefined;
    if (!answer.type.startsWith('application/json')) return answer.body;
    try {
      return JSON.parse(answer.body);
    } catch {
      this.#state.problem(`the app answered JSON that doesn't parse: ${answer.body.slice(0, 200)}`);
      return answer.body;
    }
  }

  #post(url: URL, body: string, headers: Record<string, string>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const length = String(Buffer.byteLength(body));
      const sent = request(url, { method: 'POST', agent: false, headers: { ...headers, 'content-length': length } });
      const cancel = this.#state.timers.after(ACK_MS, () => sent.destroy(new Error('http_timeout')));
      sent.on('error', (error) => {
        cancel();
        reject(error);
      });
      sent.on('response', (response) => {
        readBody(response).then((bytes) => {
          cancel();
          const location = response.headers.location;
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            noRetry: response.headers['x-slack-no-retry'] === '1',
            body: bytes.toString('utf8'),
            ...(location === undefined ? {} : { location }),
          });
        }, reject);
      });
      sent.end(body);
    });
  }
}
