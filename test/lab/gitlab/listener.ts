import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
}

/** A port that can be closed and opened again. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #handle: (request: IncomingMessage, response: ServerResponse) => void;
  #server: Server | undefined;
  #port: number;

  constructor(options: ListenerOptions, handle: (request: IncomingMessage, response: ServerResponse) => void) {
    this.#options = options;
    this.#handle = handle;
    this.#port = options.port;
  }

  get url(): string {
    const host = this.#options.host.includes(':') ? `[${this.#options.host}]` : this.#options.host;
    return `${this.#options.tls ? 'https' : 'http'}://${host}:${this.#port}`;
  }

  async open(): Promise<void> {
    if (this.#server) return;
    const { tls, host } = this.#options;
    const server = tls ? createTlsServer(tls, this.#handle) : createServer(this.#handle);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, host, resolve);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
  }

  /** Cuts what is connected, refuses what comes. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}
