import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp } from '../src/http.js';
import { createAuthority } from './lab/host/certificates.js';

const http = createHttp();
const servers: Server[] = [];

afterAll(async () => {
  await http.close();
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const serve = async (answer: RequestListener) => `http://127.0.0.1:${await listen(createServer(answer))}`;

test('sends what it is given, and gives back status, headers and text', async () => {
  const url = await serve((request, response) => {
    response.writeHead(201, {
      'X-Asked': `${request.method} ${request.url} ${request.headers['x-me']}`,
      'Set-Cookie': ['a', 'b'],
    });
    request.pipe(response);
  });
  const answer = await http(new URL('/a?b=c', url), { method: 'POST', headers: { 'x-me': 'ana' }, body: 'é' });
  expect(answer).toMatchObject({
    status: 201,
    text: 'é',
    headers: { 'x-asked': 'POST /a?b=c ana', 'set-cookie': 'a, b' },
  });
});

test('a redirect is an answer, never followed', async () => {
  const asked: string[] = [];
  const target = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const url = await serve((_, response) => response.writeHead(status, { location: `${target}/other` }).end());
    expect(await http(url, { headers: { authorization: 'Basic x' } })).toMatchObject({
      status,
      headers: { location: `${target}/other` },
    });
  }
  expect(asked).toEqual([]);
});

test('an answer without end is cut, and its connection closed', async () => {
  let closed: Promise<unknown> = Promise.resolve();
  const url = await serve((_, response) => {
    closed = once(response, 'close');
    const more = () => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  });
  await expect(http(url)).rejects.toThrow('larger than 8388608 bytes');
  await closed;
});

test('a peer that never answers is given up, and a broken one is told', async () => {
  const silent = await serve(() => {});
  await expect(http(silent, { timeoutMs: 50 })).rejects.toMatchObject({ name: 'TimeoutError' });
  const stuck = await serve((_, response) => response.write('begin'));
  await expect(http(stuck, { timeoutMs: 200 })).rejects.toMatchObject({ name: 'TimeoutError' });
  const broken = await serve((request) => request.socket.destroy());
  await expect(http(broken)).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  await expect(http('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('whoever closes waits for no answer', async () => {
  let asked: (() => void) | undefined;
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const silent = await serve(() => asked?.());
  const closing = createHttp();
  const refused = expect(closing(silent)).rejects.toThrow();
  await arrived;
  await closing.close();
  await refused;
});

test('one request is one attempt, also when the connection breaks', async () => {
  let requests = 0;
  const url = await serve((request) => {
    requests += 1;
    request.socket.destroy();
  });
  for (const method of ['GET', 'POST', 'PUT'] as const) await expect(http(url, { method })).rejects.toThrow();
  expect(requests).toBe(3);
});

test('a private authority is trusted by name, and the usual ones stay', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'http-'));
  const ca = await createAuthority(join(dir, 'ca'));
  const files = await ca.issue('server', ['127.0.0.1']);
  const options = { key: await readFile(files.key), cert: await readFile(files.cert) };
  const port = await listen(createTlsServer(options, (_, response) => response.end('secure')));
  const trusting = createHttp(ca.certPath);
  try {
    expect(await trusting(`https://127.0.0.1:${port}`)).toMatchObject({ status: 200, text: 'secure' });
    await expect(http(`https://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    await expect(trusting(`https://localhost:${port}`)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  } finally {
    await trusting.close();
    await rm(dir, { recursive: true, force: true });
  }
});
