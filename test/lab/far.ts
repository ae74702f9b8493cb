import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A port that leads to another one, as if that were far away. */
export interface Far {
  port: number;
  stop(): Promise<void>;
}

type Later = (work: () => void, ms: number) => unknown;

/**
 * Everything arrives so much later, each way and in order; the end of either direction too. The
 * handshake takes its one and a half round trips before the other side hears of the connection.
 */
export async function startFar(to: number, oneWayMs: number, later: Later = setTimeout): Promise<Far> {
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket.setNoDelay());
    socket.once('close', () => open.delete(socket));
  };
  const delayed = () =>
    new Transform({
      transform(chunk, _encoding, done) {
        later(() => this.destroyed || this.push(chunk), oneWayMs);
        done();
      },
      flush: (done) => void later(done, oneWayMs),
    });
  const server = createServer({ allowHalfOpen: true }, (near) => {
    keep(near);
    // It may break before the other side has heard of it.
    near.on('error', () => {});
    later(() => {
      if (near.destroyed) return;
      const distant = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
      keep(distant);
      // What breaks on one side is no orderly end on the other.
      near.on('error', () => distant.resetAndDestroy());
      distant.on('error', () => near.resetAndDestroy());
      pipeline(near, delayed(), distant).catch(() => {});
      pipeline(distant, delayed(), near).catch(() => {});
    }, 3 * oneWayMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens nowhere');
  return {
    port: address.port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
