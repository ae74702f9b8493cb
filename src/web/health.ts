import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { messageOf } from '../errors.js';
import type { Exposition } from '../metrics/exposition.js';
import { within } from '../within.js';

/** Redis is on the same machine or in the next room. Milliseconds. */
const PING_MS = 1_000;

/**
 * `GET /healthz`: the process runs. `GET /readyz`: it can take requests, for its queue answers and somebody works on it;
 * 503 says which is missing. `GET /metrics`: for Prometheus.
 */
export function addHealth(
  app: FastifyInstance,
  redis: Redis,
  workers: () => Promise<number>,
  exposition: Exposition,
): void {
  app.get('/healthz', () => ({ status: 'ok' }));

  app.get('/readyz', async (_, reply) => {
    const parts = {
      redis: await said(redis.ping().then(() => 'ok')),
      workers: await said(workers().then((count) => (count > 0 ? 'ok' : 'none runs: registrar worker'))),
    };
    const isReady = Object.values(parts).every((state) => state === 'ok');
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ok' : 'not ready', ...parts });
  });

  app.get('/metrics', async (_, reply) => reply.type(exposition.contentType).send(await exposition.text()));
}

async function said(answer: Promise<string>): Promise<string> {
  try {
    return await within(PING_MS, `no answer within ${PING_MS / 1000} s`, answer);
  } catch (error) {
    return messageOf(error);
  }
}
