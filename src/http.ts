import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Agent, type Dispatcher, request } from 'undici';

/** Time that one request may take altogether. Milliseconds. */
const REQUEST_MS = 8_000;
/** Answers are read up to this size: what we ask for is small, and a peer may be hostile. Bytes. */
const BODY_BYTES = 8 * 1024 * 1024;

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
}

/** One request, one attempt, no redirects followed: a `Location` is the caller's to judge. */
export type Http = (
  url: string | URL,
  options?: {
    method?: Dispatcher.HttpMethod;
    headers?: Record<string, string>;
    body?: string | Buffer;
    timeoutMs?: number;
  },
) => Promise<HttpAnswer>;

/** An answer that is too large to be held: read it to its end, or leave the loop early. */
export interface StreamedAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Buffer>;
}

/** {@link Http} with what it holds open. */
export interface HttpClient extends Http {
  /** As a whole it may take long; silent for longer than `REQUEST_MS` it may not be. */
  stream(url: string | URL, headers: Record<string, string>): Promise<StreamedAnswer>;
  close(): Promise<void>;
}

/**
 * `ca` is the path of a PEM file whose authorities are trusted beside the usual ones. `close` ends what is still under
 * way: nobody waits for it any more, and whoever closes must not either.
 *
 * Errors: rejects with the network's own error (undici's, with `code`) when there is no answer.
 */
export function createHttp(ca?: string): HttpClient {
  const agent = new Agent({ connect: { ...trusted(ca), timeout: REQUEST_MS }, keepAliveTimeout: 2_000 });
  const http: Http = async (url, { method = 'GET', headers = {}, body, timeoutMs = REQUEST_MS } = {}) => {
    const answer = await request(url, {
      method,
      headers,
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > BODY_BYTES) throw new Error(`the answer is larger than ${BODY_BYTES} bytes`);
      chunks.push(bytes);
    }
    return { status: answer.statusCode, headers: flat(answer.headers), text: Buffer.concat(chunks).toString('utf8') };
  };
  return Object.assign(http, {
    async stream(url: string | URL, headers: Record<string, string>): Promise<StreamedAnswer> {
      const limits = { headersTimeout: REQUEST_MS, bodyTimeout: REQUEST_MS };
      const answer = await request(url, { headers, dispatcher: agent, ...limits });
      return { status: answer.statusCode, headers: flat(answer.headers), body: answer.body as AsyncIterable<Buffer> };
    },
    close: () => agent.destroy(),
  });
}

/** How a connection has to be made that trusts those authorities, too. */
export function trusted(ca: string | undefined): { secureContext?: SecureContext } {
  return ca === undefined ? {} : { secureContext: trusting(ca) };
}

const contexts = new Map<string, { pem: string; context: SecureContext }>();

/** Kept as long as the file says the same: to read all authorities anew takes longer than many handshakes. */
function trusting(ca: string): SecureContext {
  const pem = readFileSync(ca, 'utf8');
  const known = contexts.get(ca);
  if (known?.pem === pem) return known.context;
  const context = createSecureContext({ ca: [...rootCertificates, pem] });
  contexts.set(ca, { pem, context });
  return context;
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([key, value]) =>
      value === undefined ? [] : [[key.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
