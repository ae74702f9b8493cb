import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { probeHost } from '../../src/host/probe.js';
import { installedScript } from '../../src/host/script.js';
import { run } from '../lab/host/process.js';
import { type HostileSsh, startHostileSsh } from './hostile-ssh.js';
import { type SshBench, startSshBench } from './ssh-bench.js';

let bench: SshBench;

beforeAll(async () => {
  bench = await startSshBench();
  await mkdir(join(bench.dir, 'root', 'bin'), { recursive: true });
});
afterAll(() => bench?.stop());

async function executable(name: string, text: string): Promise<string> {
  const path = join(bench.dir, 'root', 'bin', name);
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

const LOOKED = { clock: expect.any(Number), gitlabCtlMissing: true };

test('a host where the script runs is looked at', async () => {
  expect(await probeHost(bench.pool(), bench.host(), { names: [] })).toMatchObject(LOOKED);
});

test('of a host that is not the registry’s its version and its services are told, and nothing else is read', async () => {
  const calls = join(bench.dir, 'calls');
  const ctl = await executable('gitlab-ctl', `#!/bin/sh\necho "$1" >> ${calls}\necho "run: puma: (pid 1) 9s"\n`);
  const manifest = join(bench.dir, 'root/opt/gitlab/version-manifest.txt');
  await mkdir(dirname(manifest), { recursive: true });
  await writeFile(manifest, 'gitlab-ee 18.11.0\n\nComponent  Installed\n');
  try {
    const seen = await probeHost(bench.pool(), bench.host(), { names: ['localhost'], servicesOnly: true });
    expect(seen).toMatchObject({ version: '18.11.0', status: [{ name: 'puma', is: 'run' }], names: [] });
    for (const part of ['gitlabRb', 'registryConfig', 'vhost', 'clock', 'recent'])
      expect(seen).not.toHaveProperty(part);
    expect(await readFile(calls, 'utf8')).toBe('status\n');
  } finally {
    await rm(ctl);
  }
});

test('what a login script prints before is not taken for a part', async () => {
  const banner = 'printf "Welcome\\nregistrar-look none\\nstatus\\nlast line without an end"; exec sh -s';
  await executable('login', `#!/bin/sh\n${banner}\n`);
  await bench.restricted(`command="${join(bench.dir, 'root/bin/login')}"`, async () => {
    expect(await probeHost(bench.pool(), bench.host(), { names: [] })).toMatchObject({ ...LOOKED, status: [] });
  });
});

test('a script that was cut short says so', async () => {
  await bench.restricted('command="echo no shell for you >&2; exit 1"', async () => {
    await expect(probeHost(bench.pool(), bench.host(), { names: [] })).rejects.toMatchObject({
      part: 'host',
      code: 'host-script-failed',
      retry: 'never',
      forPerson: {
        what: 'the look at 127.0.0.1 was cut short (exit 1)',
        why: 'no shell for you',
        next: expect.stringContaining('the account may be restricted'),
      },
    });
  });
});

describe('a key that can do nothing but look', () => {
  test('is looked at closely or not, and runs nothing that is asked of it', async () => {
    const look = await executable('registrar-look', installedScript());
    const witness = join(bench.dir, 'witness');
    await bench.restricted(`command="${look}"`, async () => {
      const pool = bench.pool();
      expect(await probeHost(pool, bench.host(), { names: [] })).toMatchObject(LOOKED);
      expect(await probeHost(pool, bench.host({ sudo: true }), { names: ['localhost'], closely: true })).toMatchObject({
        names: [{ name: 'localhost' }],
      });
      for (const command of [`touch ${witness}`, 'sh -s', 'scp -t /'])
        expect(await pool.run(bench.host(), command, `touch ${witness}\n`)).toMatchObject({ code: 0, stderr: '' });
    });
    expect((await run('ls', [witness])).code).not.toBe(0);
  });
});

describe('a host that means ill', () => {
  let hostile: HostileSsh;

  beforeAll(async () => {
    hostile = await startHostileSsh();
  });
  afterAll(() => hostile?.stop());

  // Only the one that hangs is waited for: the others have the time that a busy machine needs.
  const look = (user: string, limits: { hostMs?: number } = {}) =>
    probeHost(bench.pool(limits), bench.host({ ...hostile.access, user }), { names: [] }).catch(
      (thrown: unknown) => thrown,
    );

  test.each([
    ['floods', /^the host’s answer is too long: 127\.0\.0\.1 sent more than 4 MB$/],
    ['floods-errors', /^the host’s answer is too long/],
    ['closes', /^the look at 127\.0\.0\.1 was cut short \(exit 0\)$/],
    ['breaks', /^the connection to 127\.0\.0\.1 broke off$/],
    ['drops', /^the connection to 127\.0\.0\.1 broke off$/],
    ['refuses', /^the connection to 127\.0\.0\.1 broke off$/],
    ['garbage', /^the look at 127\.0\.0\.1 was cut short \(exit 0\)$/],
  ])('%s', async (behaviour, what) => {
    expect(await look(behaviour)).toMatchObject({
      name: 'EdgeError',
      forPerson: { what: expect.stringMatching(what) },
    });
    expect(hostile.sentMb()).toBeLessThan(40);
  });

  test.each(['hangs', 'hangs-before'])('%s', async (behaviour) => {
    expect(await look(behaviour, { hostMs: 2_000 })).toMatchObject({
      name: 'EdgeError',
      forPerson: { what: expect.stringMatching(/did not finish within 2 s$/) },
    });
  });
});
