import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Dockerd, startDockerd } from './dockerd.js';

let dir: string;
let dockerd: Dockerd | undefined;
let reason: string | undefined;
let registry: Server;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lab-dockerd-'));
  const started = await startDockerd(dir);
  if ('unavailable' in started) reason = started.unavailable;
  else dockerd = started;
  registry = createServer((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://127.0.0.1:9/jwt/auth",service="x"' }).end();
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await dockerd?.stop();
  registry?.close();
  await rm(dir, { recursive: true, force: true });
});

test('says why there is no daemon, or starts one that prints the errors of a login', async () => {
  if (dockerd === undefined) {
    expect(reason).toMatch(/dockerd/);
    console.info(`skipped: ${reason}`);
    return;
  }
  const address = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const login = await dockerd.docker(['login', '-u', 'u', '--password-stdin', address], { input: 'p' });
  expect(login.code).toBe(1);
  expect(login.stderr).toContain(`Error response from daemon: Get "http://${address}/v2/": `);
  expect(login.stderr).toMatch(/connection refused/);
});

test('makes an image', async () => {
  if (dockerd === undefined) return;
  await dockerd.makeImage('127.0.0.1:1/group/app:1');
  const { stdout } = await dockerd.docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
  expect(stdout.trim()).toBe('127.0.0.1:1/group/app:1');
});
