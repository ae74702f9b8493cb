import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { changeUrl } from './change-url.js';
import { type Host, startHost } from './host.js';
import { portOpen } from './process.js';
import { makeOciImage, skopeo } from './skopeo.js';
import { sshScript } from './ssh-client.js';
import { createTokenKey, type TokenKey } from './token-key.js';

let dir: string;
let host: Host;
let key: TokenKey;
let tokens: Server;
let tokensUrl: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lab-host-'));
  key = await createTokenKey(path.join(dir, 'key'));
  tokens = createServer((request, response) => {
    const scopes = new URL(request.url ?? '', 'http://x').searchParams.getAll('scope');
    const access = scopes.map((scope) => {
      const [type = '', name = '', actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
    response.end(JSON.stringify({ token: key.token('lab-issuer', access) }));
  });
  await new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', resolve));
  tokensUrl = `http://127.0.0.1:${(tokens.address() as AddressInfo).port}`;
  host = await startHost({
    dir,
    gitlabUrl: tokensUrl,
    issuer: 'lab-issuer',
    certificatePem: key.certificatePem,
    registryUrlScheme: 'https',
  });
});

afterAll(async () => {
  await host?.stop();
  tokens?.close();
  await rm(dir, { recursive: true, force: true });
});

describe('a healthy host', () => {
  test('answers 401 through nginx, with TLS verified by its CA, and names the token endpoint', async () => {
    const { status, headers, error } = await host.probe();
    expect({ status, error }).toEqual({ status: 401, error: undefined });
    expect(headers['www-authenticate']).toBe(`Bearer realm="${tokensUrl}/jwt/auth",service="container_registry"`);
    expect(headers.server).toBe('nginx');
    expect((await host.probe('/v2/', { ca: '' })).error).toMatch(/SELF_SIGNED|UNABLE_TO/);
  });

  test('takes an image from skopeo', async () => {
    const image = await makeOciImage(path.join(dir, 'image'));
    const [tls, work] = [`--dest-cert-dir=${host.ca.trustDir}`, path.join(dir, 'skopeo')];
    const name = `docker://${new URL(host.registryUrl).host}/group/app`;
    expect(await skopeo(work, ['copy', tls, '--dest-creds=u:p', image, `${name}:1`])).toMatchObject({ code: 0 });
    const certs = `--cert-dir=${host.ca.trustDir}`;
    const { stdout } = await skopeo(work, ['list-tags', certs, '--creds=u:p', name]);
    expect(JSON.parse(stdout)).toMatchObject({ Tags: ['1'] });
    expect(existsSync(path.join(host.files.storage, 'docker/registry/v2/repositories/group/app'))).toBe(true);
  });

  test('its files are those that its gitlab.rb says', async () => {
    expect(await readFile(host.files.registryConfig, 'utf8')).toContain(`addr: ${host.backendAddr}\n`);
    expect(await readFile(host.files.vhost, 'utf8')).toContain(`proxy_pass          http://${host.backendAddr};`);
    const paths = (await host.readSettings()).map((setting) => setting.path.join('.'));
    expect(paths).toContain('registry_nginx.ssl_certificate');
  });
});

describe('gitlab-ctl', () => {
  const RUN = (name: string): string => `run: ${name}: \\(pid \\d+\\) \\d+s; run: log: \\(pid \\d+\\) \\d+s\n`;

  test('status and service-list', async () => {
    const status = await host.ctl(['status']);
    expect(status.stdout).toMatch(new RegExp(`^${RUN('nginx')}${RUN('registry')}$`));
    expect(status.code).toBe(0);
    expect((await host.ctl(['status', 'registry'])).stdout).toMatch(new RegExp(`^${RUN('registry')}$`));
    expect(await host.ctl(['service-list'])).toEqual({ stdout: 'nginx*\nregistry*\n', stderr: '', code: 0 });
  });

  test('stop, status of a stopped service, start, restart, hup', async () => {
    const stopped = await host.ctl(['stop', 'registry']);
    expect(stopped.stdout).toMatch(/^ok: down: registry: \d+s, normally up/);
    const status = await host.ctl(['status', 'registry']);
    expect(status.stdout).toMatch(/^down: registry: \d+s, normally up; run: log: \(pid \d+\) \d+s\n$/);
    expect(status.code).toBe(3);
    expect((await host.ctl(['start', 'registry'])).stdout).toMatch(/^ok: run: registry: \(pid \d+\) \d+s\n$/);
    expect((await host.ctl(['restart', 'registry'])).stdout).toMatch(/^ok: run: registry: \(pid \d+\) \d+s\n$/);
    expect((await host.ctl(['hup', 'nginx'])).code).toBe(0);
    await host.waitUntilHealthy();
  });

  test('a service that is not enabled prints nothing and exits 0', async () => {
    expect(await host.ctl(['status', 'sidekiq'])).toEqual({ stdout: '', stderr: '', code: 0 });
  });

  test('reconfigure changes nothing the second time', async () => {
    const again = await host.ctl(['reconfigure']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('Infra Phase complete, 0 resources updated\ngitlab Reconfigured!\n');
  });

  test.each([
    ['a syntax error', "registry['dir'] = [\n", /syntax error/],
    [
      'a URL with a path',
      "registry_external_url 'https://127.0.0.1/x'\n",
      /Unsupported GitLab Registry external URL path/,
    ],
  ])('reconfigure fails with %s and leaves the files alone', async (_, line, message) => {
    const before = await readFile(host.files.registryConfig, 'utf8');
    const source = await readFile(host.files.gitlabRb, 'utf8');
    await host.writeGitlabRb((text) => `${text}${line}`);
    const failed = await host.ctl(['reconfigure']);
    await host.writeGitlabRb(() => source);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/There was an error running gitlab-ctl reconfigure/);
    expect(failed.stderr).toMatch(message);
    expect(await readFile(host.files.registryConfig, 'utf8')).toBe(before);
  });
});

describe('ssh', () => {
  test("'sh -s' works with the key, sees the host's root and finds gitlab-ctl", async () => {
    const { stdout, code } = await sshScript(
      host,
      'echo "$REGISTRAR_ROOT"\ncommand -v gitlab-ctl\ngitlab-ctl status registry\n',
    );
    expect(code).toBe(0);
    const [root, ctl, status] = stdout.split('\n');
    expect([root, ctl]).toEqual([host.root, host.files.ctl]);
    expect(status).toMatch(/^run: registry: /);
  });

  test('forwards nothing and asks for no password', async () => {
    const forward = await sshScript(host, 'true', ['-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1']);
    expect(forward).toMatchObject({ code: 255 });
    const keyless = await sshScript(host, 'true', ['-o', 'PubkeyAuthentication=no']);
    expect(keyless.stderr).toMatch(/Permission denied \(publickey\)/);
  });

  test('the fingerprint is that of the host key', async () => {
    expect(host.ssh.hostKeyFingerprint).toMatch(/^SHA256:[\w+/]{43}$/);
    const verbose = await sshScript(host, 'true', ['-v']);
    expect(verbose.stderr).toContain(`Server host key: ssh-ed25519 ${host.ssh.hostKeyFingerprint}`);
  });
});

describe('changeUrl', () => {
  test('moves the registry to a new port, its certificate with it, and to plain http and back', async () => {
    const old = host.registryUrl;
    const moved = await changeUrl(host);
    expect(moved).not.toBe(old);
    expect(host.registryUrl).toBe(moved);
    expect(moved).toMatch(/^https:/);
    const plain = await changeUrl(host, { scheme: 'http' });
    expect(plain).toMatch(/^http:/);
    expect((await host.probe()).status).toBe(401);
    await changeUrl(host, { scheme: 'https' });
    expect((await host.probe()).error).toBeUndefined();
  });
});

test('a host that is stopped leaves no listener', async () => {
  const other = await startHost({
    dir: path.join(dir, 'other'),
    gitlabUrl: tokensUrl,
    issuer: 'lab-issuer',
    certificatePem: key.certificatePem,
    registryUrlScheme: 'http',
  });
  const ports = [other.registryUrl, `http://${other.backendAddr}`].map((url) => Number(new URL(url).port));
  const open = () => Promise.all([...ports, other.ssh.port].map(portOpen));
  expect(await open()).toEqual([true, true, true]);
  await other.stop();
  expect(await open()).toEqual([false, false, false]);
});
