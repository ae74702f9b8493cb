import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reach } from '../../src/registry/reach.js';
import { type Authority, createAuthority, EXPIRED } from '../lab/host/certificates.js';

let dir: string;
let ca: Authority;
const servers: Server[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reach-'));
  ca = await createAuthority(join(dir, 'ca'));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  await rm(dir, { recursive: true, force: true });
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

async function secure(name: string, validity?: typeof EXPIRED): Promise<string> {
  const files = await ca.issue(name, ['127.0.0.1'], validity);
  const options = { key: await readFile(files.key), cert: await readFile(files.cert) };
  return listen(createTlsServer(options, (_, response) => response.writeHead(401).end()));
}

const look = (url: string, authority: string | undefined = ca.certPath) => reach(new URL(url), authority, 5_000);

test('a registry behind TLS: accepted with its authority, and not without', async () => {
  const authority = await secure('good');
  expect(await look(`https://${authority}`)).toEqual({
    authority,
    scheme: 'https',
    addresses: ['127.0.0.1'],
    tls: expect.objectContaining({ issuer: 'Lab CA' }),
    publicError: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
  expect(await reach(new URL(`https://${authority}`), undefined, 5_000)).toMatchObject({
    tls: { error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    publicError: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
});

test('a certificate that ended', async () => {
  const found = await look(`https://${await secure('ended', EXPIRED)}`);
  expect(found).toMatchObject({ tls: { error: 'CERT_HAS_EXPIRED', validTo: Date.UTC(2020, 1, 1) } });
});

test('plain http, as configured, and where TLS was expected', async () => {
  const authority = await listen(createHttpServer((_, response) => response.writeHead(401).end()));
  expect(await look(`http://${authority}`)).toEqual({ authority, scheme: 'http', addresses: ['127.0.0.1'] });
  expect(await look(`https://${authority}`)).toMatchObject({ stopped: { at: 'tls' }, speaks: 'http' });
});

test('TLS where plain http was expected: nginx answers 400', async () => {
  const files = await ca.issue('both', ['127.0.0.1']);
  const tls = createTlsServer({ key: await readFile(files.key), cert: await readFile(files.cert) });
  const front = createPlainServer((socket) => {
    socket.once('data', (first) => {
      // 22 begins a TLS record.
      if (first[0] === 22) {
        socket.pause();
        socket.unshift(first);
        tls.emit('connection', socket);
        process.nextTick(() => socket.resume());
      } else socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    });
  });
  expect(await look(`http://${await listen(front)}`)).toMatchObject({ speaks: 'https', tls: { issuer: 'Lab CA' } });
});

test('nobody there, and no such name', async () => {
  expect(await look('https://127.0.0.1:1')).toMatchObject({ stopped: { at: 'connection', code: 'ECONNREFUSED' } });
  const unnamed = await look('https://registry.invalid');
  expect(unnamed).toMatchObject({ authority: 'registry.invalid', addresses: [], stopped: { at: 'name' } });
  expect(unnamed.stopped?.code).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/);
});

test('a peer that hangs up at once, and one that is silent', async () => {
  const closing = await listen(createPlainServer((socket) => socket.destroy()));
  const closed = await look(`https://${closing}`);
  expect(closed).toMatchObject({ stopped: { at: 'tls' } });
  expect(closed.speaks).toBeUndefined();
  expect(await look(`http://${closing}`)).toEqual({ authority: closing, scheme: 'http', addresses: ['127.0.0.1'] });
  const silent = await listen(createPlainServer((socket) => socket.on('error', () => {})));
  expect(await reach(new URL(`https://${silent}`), undefined, 50)).toMatchObject({
    stopped: { at: 'tls', code: 'ETIMEDOUT' },
  });
});
