import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { AppError } from './errors.js';
import { newId } from './ids.js';
import type { State } from './state.js';
import type { Channel, User } from './types.js';

export interface Trigger {
  /** The client's part. */
  readonly clientId: string;
  readonly userId: string;
}

const refuse = (why: string): never => {
  throw new AppError(400, `interactive_message.decode_trigger_id.${why}`);
};

/** trigger_ids: what lets an integration open a dialog at somebody who just did something. */
export class Triggers {
  readonly #state: State;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  /** Where the client was, and so where its dialog is submitted from. */
  readonly #places = new Map<string, { channel: Channel; teamId: string }>();

  constructor(state: State) {
    this.#state = state;
  }

  issue(user: User, channel: Channel, teamId: string): { clientId: string; triggerId: string } {
    const clientId = newId();
    this.#places.set(clientId, { channel, teamId });
    const text = `${clientId}:${user.id}:${this.#state.now()}:`;
    const signature = sign('sha256', Buffer.from(text), this.#keys.privateKey).toString('base64');
    return { clientId, triggerId: Buffer.from(`${text}${signature}`).toString('base64') };
  }

  place(clientId: string): { channel: Channel; teamId: string } | undefined {
    return this.#places.get(clientId);
  }

  /** Good for as long as an integration may take to answer, as often as it likes. */
  verify(triggerId: string): Trigger {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(triggerId) || triggerId.length % 4 !== 0) refuse('base64_decode_failed');
    const parts = Buffer.from(triggerId, 'base64').toString('utf8').split(':');
    if (parts.length !== 4) refuse('missing_data');
    const [clientId = '', userId = '', millis = '', signature = ''] = parts;
    const lifetime = this.#state.settings.OutgoingIntegrationRequestsTimeout * 1000;
    if (this.#state.now() - Number(millis) > lifetime) refuse('expired');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(signature)) refuse('base64_decode_failed_signature');
    const bytes = Buffer.from(signature, 'base64');
    if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) refuse('signature_decode_failed');
    const text = Buffer.from(`${clientId}:${userId}:${millis}:`);
    if (!verify('sha256', text, this.#keys.publicKey, bytes)) refuse('verify_signature_failed');
    return { clientId, userId };
  }
}
