import type { Redis } from 'ioredis';
import type { ConfigSource } from '../../src/config/source.js';
import { createLogger } from '../../src/log.js';
import { addHealth } from '../../src/web/health.js';
import { startWeb } from '../../src/web/server.js';

const config = { current: () => ({ http: { address: '127.0.0.1', port: 0 } }) } as unknown as ConfigSource;
const exposition = {
  contentType: 'text/plain; version=0.0.4',
  text: async () => 'registrar_up 1\n',
  close: async () => {},
};

let redis: { ping: () => Promise<string> };
let workers: () => Promise<number>;
let server: NonNullable<Awaited<ReturnType<typeof startWeb>>>;

beforeAll(async () => {
  const started = await startWeb(config, createLogger('silent'), (app) =>
    addHealth(app, { ping: () => redis.ping() } as unknown as Redis, () => workers(), exposition),
  );
  if (started === undefined) throw new Error('nothing listens');
  server = started;
});
afterAll(() => server.stop());
beforeEach(() => {
  redis = { ping: async () => 'PONG' };
  workers = async () => 1;
});

async function get(path: string) {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') };
}

test('healthz: the process runs, whatever else is down', async () => {
  redis.ping = () => Promise.reject(new Error('down'));
  expect(await get('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
});

test('readyz: Redis answers, and somebody works', async () => {
  expect(await get('/readyz')).toMatchObject({ status: 200 });
});

test.each([
  [
    'Redis is down',
    () => (redis.ping = () => Promise.reject(new Error('connect ECONNREFUSED'))),
    'connect ECONNREFUSED',
  ],
  ['Redis hangs', () => (redis.ping = () => new Promise(() => {})), 'no answer within 1 s'],
  ['no worker runs', () => (workers = async () => 0), 'none runs: registrar worker'],
])('readyz: %s: 503, and says so', async (_, breakIt, words) => {
  breakIt();
  const answer = await get('/readyz');
  expect(answer.status).toBe(503);
  expect(answer.text).toContain(words);
});

test('metrics come in Prometheus’s own format', async () => {
  expect(await get('/metrics')).toMatchObject({ status: 200, text: 'registrar_up 1\n', type: exposition.contentType });
});
