import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { mayCall } from './addresses.js';
import type { State } from './state.js';
import type { Obj, RecordedDelivery } from './types.js';

const MOST_BYTES = 1_048_576;

export interface Outgoing {
  readonly kind: RecordedDelivery['kind'];
  readonly method?: 'POST' | 'GET';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The same as an object, for the record. */
  readonly shown: Obj;
}

export interface Incoming {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The server's own calls to integrations: guarded, bounded in time and size, and all on record. */
export async function callOut(state: State, out: Outgoing): Promise<Incoming> {
  const { kind, url, headers, shown } = out;
  const record: RecordedDelivery = { kind, url, headers, body: shown, at: state.now() };
  // The time runs from the moment the call is on record: looking up the address is part of it.
  const deadline = new AbortController();
  const ms = state.settings.OutgoingIntegrationRequestsTimeout * 1000;
  const cancel = state.timers.after(ms, () => deadline.abort());
  state.deliveries.push(record);
  state.changes.emit();
  try {
    const target = new URL(url);
    if (!(await mayCall(target.hostname, state.settings.AllowedUntrustedInternalConnections))) {
      throw new Error(
        'address forbidden, you may need to set AllowedUntrustedInternalConnections to allow an integration access to your internal network',
      );
    }
    const answer = await send(state, target, out, deadline.signal);
    record.answeredAt = state.now();
    record.status = answer.status;
    return answer;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    record.error = deadline.signal.aborted ? 'context deadline exceeded' : why;
    throw error;
  } finally {
    cancel();
    state.changes.emit();
  }
}

function send(state: State, url: URL, out: Outgoing, signal: AbortSignal): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const method = out.method ?? 'POST';
    const length: Record<string, string> =
      method === 'POST' ? { 'content-length': String(Buffer.byteLength(out.body)) } : {};
    const headers = { 'user-agent': 'Mattermost-Bot/1.1', ...out.headers, ...length };
    const options = { method, headers, agent: false as const, signal };
    const sent =
      url.protocol === 'https:'
        ? https(url, { ...options, rejectUnauthorized: !state.settings.EnableInsecureOutgoingConnections })
        : http(url, options);
    sent.on('error', reject);
    sent.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > MOST_BYTES) sent.destroy(new Error('the answer is too large'));
        else parts.push(part);
      });
      response.on('error', reject);
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(parts).toString('utf8') });
      });
    });
    sent.end(method === 'POST' ? out.body : undefined);
  });
}
