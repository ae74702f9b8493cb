import type { HttpDelivery, HttpOptions } from './http-delivery.js';
import type { Sockets } from './sockets.js';
import type { Delivered, EnvelopeKind, Obj } from './types.js';

/** HTTP mode once an events URL is set, else Socket Mode. */
export class Delivery {
  readonly http: HttpDelivery;
  readonly sockets: Sockets;

  constructor(http: HttpDelivery, sockets: Sockets) {
    this.http = http;
    this.sockets = sockets;
  }

  get socketMode(): boolean {
    return this.http.url === undefined;
  }

  command(payload: Obj, options: HttpOptions): Promise<Delivered> {
    return this.#send('slash_commands', payload, true, options);
  }

  interaction(payload: Obj, options: HttpOptions = {}): Promise<Delivered> {
    const takesAnswer = payload.type === 'view_submission' || payload.type === 'block_actions';
    return this.#send('interactive', payload, takesAnswer, options);
  }

  event(wrapper: Obj, retry?: { num: number; reason: string }): Promise<Delivered> {
    if (this.socketMode) return this.sockets.deliver('events_api', wrapper, false, retry);
    const headers =
      retry === undefined || retry.num === 0
        ? {}
        : { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason };
    return this.http.deliver('events_api', wrapper, { headers });
  }

  #send(kind: EnvelopeKind, payload: Obj, takesAnswer: boolean, options: HttpOptions): Promise<Delivered> {
    return this.socketMode
      ? this.sockets.deliver(kind, payload, takesAnswer)
      : this.http.deliver(kind, payload, options);
  }
}
