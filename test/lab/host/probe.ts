import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export type ProbeAnswer = {
  status: number | undefined;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
  /** Code of the failure where there was no answer: ECONNREFUSED, CERT_HAS_EXPIRED, … */
  error: string | undefined;
};

export type ProbeOptions = {
  ca?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Sends the head alone and takes the first answer, whatever body was announced. */
  headOnly?: boolean;
};

/** One request on a connection of its own, with TLS verified by `ca`. A failure is an answer, never a throw. */
export const probe = (url: string, options: ProbeOptions = {}): Promise<ProbeAnswer> =>
  new Promise((resolve) => {
    const fail = (error: string): void => resolve({ status: undefined, headers: {}, body: '', error });
    const settings = {
      method: options.method ?? 'GET',
      headers: options.headers ?? {},
      agent: false as const,
      timeout: 10_000,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    };
    const request = url.startsWith('https:') ? httpsRequest(url, settings) : httpRequest(url, settings);
    request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    request.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, body, error: undefined });
        request.destroy();
      });
    });
    if (options.headOnly === true) request.flushHeaders();
    else request.end(options.body);
  });
