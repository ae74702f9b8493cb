import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { acceptedOldTls, probeTls } from '../../src/registry/tls.js';
import { type Authority, type CertificateFiles, createAuthority, EXPIRED } from '../lab/host/certificates.js';

let dir: string;
let ca: Authority;
const servers: Server[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tls-'));
  ca = await createAuthority(join(dir, 'ca'));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  await rm(dir, { recursive: true, force: true });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function serve(files: CertificateFiles): Promise<number> {
  return listen(
    createServer({ key: await readFile(files.key), cert: await readFile(files.cert) }, (socket) =>
      socket.on('error', () => {}),
    ),
  );
}

test('a good certificate, by address and by name', async () => {
  const port = await serve(await ca.issue('good', ['localhost', '127.0.0.1']));
  for (const name of ['127.0.0.1', 'localhost']) {
    const facts = await probeTls(name, port, ca.certPath, 5_000);
    expect(facts).toEqual({
      subject: 'localhost',
      issuer: 'Lab CA',
      names: ['localhost', '127.0.0.1'],
      validTo: expect.any(Number),
      protocol: 'TLSv1.3',
      fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
    expect(facts.validTo).toBeGreaterThan(Date.UTC(2026, 0, 1));
  }
});

test('an expired one, with the day of its end', async () => {
  const port = await serve(await ca.issue('expired', ['127.0.0.1'], EXPIRED));
  expect(await probeTls('127.0.0.1', port, ca.certPath, 5_000)).toMatchObject({
    error: 'CERT_HAS_EXPIRED',
    validTo: Date.UTC(2020, 1, 1),
  });
});

test('one for another name', async () => {
  const port = await serve(await ca.issue('other', ['other.example.com']));
  expect(await probeTls('127.0.0.1', port, ca.certPath, 5_000)).toMatchObject({
    error: 'ERR_TLS_CERT_ALTNAME_INVALID',
    names: ['other.example.com'],
  });
});

test('one by an authority that is not trusted', async () => {
  const port = await serve(await ca.issue('unknown', ['127.0.0.1']));
  expect(await probeTls('127.0.0.1', port, undefined, 5_000)).toMatchObject({
    error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    issuer: 'Lab CA',
  });
});

test('plain http in place of TLS is an error, and so is nobody', async () => {
  const port = await listen(createPlainServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  await expect(probeTls('127.0.0.1', port, ca.certPath, 5_000)).rejects.toThrow(/wrong version number|packet length/i);
  await expect(probeTls('127.0.0.1', 1, ca.certPath, 5_000)).rejects.toThrow('ECONNREFUSED');
});

test('a peer that closes at once is an error, and one that is silent is given up', async () => {
  const closing = await listen(createPlainServer((socket) => socket.destroy()));
  await expect(probeTls('127.0.0.1', closing, ca.certPath, 5_000)).rejects.toThrow();
  const silent = await listen(createPlainServer((socket) => socket.on('error', () => {})));
  await expect(probeTls('127.0.0.1', silent, ca.certPath, 50)).rejects.toThrow('no TLS handshake within 0.05 s');
});

test('a server that takes nothing old says so to each of the old protocols', async () => {
  const port = await serve(await ca.issue('modern', ['127.0.0.1']));
  expect(await acceptedOldTls(new URL(`https://127.0.0.1:${port}`))).toEqual([]);
  expect(await acceptedOldTls(new URL('https://127.0.0.1:1'))).toEqual([]);
});
