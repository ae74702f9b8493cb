import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Host } from '../../src/config/schema.js';
import { probeHost } from '../../src/host/probe.js';
import { fingerprint, knownKeys, runOnHost } from '../../src/host/ssh.js';
import { freePort, mustRun } from '../lab/host/process.js';
import { type Sshd, startSshd } from '../lab/host/sshd.js';

let dir: string;
let sshd: Sshd;
let key: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ssh-'));
  sshd = await startSshd(join(dir, 'sshd'), join(dir, 'root'), await freePort());
  key = await readFile(sshd.access.privateKeyPath, 'utf8');
});

afterAll(async () => {
  await sshd?.stop();
  await rm(dir, { recursive: true, force: true });
});

function host(changes: Partial<Host> = {}): Host {
  const { host: address, port, username: user, hostKeyFingerprint: hostKey } = sshd.access;
  return {
    address,
    port,
    user,
    key: 'file:x',
    sudo: false,
    ...('knownHosts' in changes ? {} : { hostKey }),
    ...changes,
  };
}

async function knownHosts(text: string): Promise<Host> {
  const path = join(dir, 'known_hosts');
  await writeFile(path, text);
  return host({ knownHosts: path });
}

describe('runOnHost', () => {
  test('runs the script in one round trip: output, errors and exit code come back', async () => {
    const script = 'printf "%s|%s" "$REGISTRAR_ROOT" "$0"; echo oops >&2; exit 3';
    expect(await runOnHost(host(), key, script)).toEqual({
      stdout: `${join(dir, 'root')}|sh`,
      stderr: 'oops',
      code: 3,
    });
  });

  test('a fingerprint may end in the = of base64', async () => {
    expect(await runOnHost(host({ hostKey: `${sshd.access.hostKeyFingerprint}=` }), key, 'echo ok')).toMatchObject({
      stdout: 'ok',
    });
  });

  test('a key of known_hosts counts, plain and hashed', async () => {
    const { knownHostsLine, port } = sshd.access;
    const [, type, blob] = knownHostsLine.split(' ');
    const salt = Buffer.from('salt of twenty bytes').toString('base64');
    const hash = createHmac('sha1', Buffer.from(salt, 'base64')).update(`[127.0.0.1]:${port}`).digest('base64');
    for (const line of [knownHostsLine, `|1|${salt}|${hash} ${type} ${blob}`])
      expect(await runOnHost(await knownHosts(`# comment\n${line}\n`), key, 'echo ok')).toMatchObject({ stdout: 'ok' });
  });

  test.each(['', '# nothing\n', 'other.example.com ssh-ed25519 AAAA\n'])(
    'an unknown host is never trusted: %j',
    async (known) => {
      await expect(runOnHost(await knownHosts(known), key, 'true')).rejects.toMatchObject({
        code: 'ssh-host-key-changed',
      });
    },
  );

  test('another host key is refused loudly, and nothing is sent', async () => {
    await sshd.restartWithKey('other');
    try {
      const witness = join(dir, 'witness');
      const error: unknown = await runOnHost(host(), key, `touch ${witness}`).catch((thrown: unknown) => thrown);
      const other = (await readFile(join(dir, 'sshd', 'host-key-other.pub'), 'utf8')).split(' ')[1] ?? '';
      const offered = fingerprint(Buffer.from(other, 'base64'));
      expect(error).toMatchObject({
        part: 'ssh',
        code: 'ssh-host-key-changed',
        retry: 'never',
        forPerson: {
          what: 'the host key of 127.0.0.1 is not the one that is pinned: REFUSED, nothing was sent',
          why: expect.stringContaining(`it offers ${offered}; expected ${sshd.access.hostKeyFingerprint}`),
          next: expect.stringContaining(offered),
        },
      });
      await expect(readFile(witness)).rejects.toMatchObject({ code: 'ENOENT' });
    } finally {
      await sshd.restartWithKey('first');
    }
  });

  test('a key that the host does not know', async () => {
    const path = join(dir, 'stranger');
    await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
    await expect(runOnHost(host(), await readFile(path, 'utf8'), 'true')).rejects.toMatchObject({
      part: 'ssh',
      code: 'ssh-refused',
      retry: 'never',
      forPerson: {
        what: `${sshd.access.username}@127.0.0.1:${sshd.access.port} refuses Registrar’s key`,
        next: expect.stringContaining('~/.ssh/authorized_keys'),
      },
    });
  });

  test.each(['', 'not a key', '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n'])(
    'a text that is no key is Registrar’s fault, and not repeated: %j',
    async (text) => {
      const error: unknown = await runOnHost(host(), text, 'true').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ part: 'ssh', code: 'ssh-refused', retry: 'never' });
      expect(JSON.stringify(error)).not.toContain('hunter2');
    },
  );

  test('a known_hosts file that is not there', async () => {
    await expect(runOnHost(host({ knownHosts: join(dir, 'none') }), key, 'true')).rejects.toMatchObject({
      name: 'EdgeError',
      retry: 'never',
      forPerson: { what: expect.stringContaining(join(dir, 'none')) },
    });
  });

  test('nobody there, and a name that is none', async () => {
    for (const changes of [{ port: 1 }, { address: 'none.invalid' }])
      await expect(runOnHost(host(changes), key, 'true')).rejects.toMatchObject({
        part: 'ssh',
        code: 'ssh-unreachable',
        retry: { afterMs: expect.any(Number) },
        forPerson: {
          what: expect.stringContaining('can’t be reached by SSH'),
          next: expect.stringContaining('ssh -p'),
        },
      });
  });

  test('something else than sshd, or one that closes at once', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(runOnHost(host({ port }), key, 'true')).rejects.toMatchObject({ code: 'ssh-unreachable' });
    server.close();
  });
});

describe('probeHost', () => {
  test('a host where the script runs is looked at', async () => {
    expect(await probeHost(host(), key)).toMatchObject({ clock: expect.any(Number), gitlabCtlMissing: true });
  });

  test('a script that was cut short says so', async () => {
    const authorized = join(dir, 'sshd', 'authorized_keys');
    const before = await readFile(authorized, 'utf8');
    await writeFile(authorized, before.replace('restrict ', 'restrict,command="echo no shell for you >&2; exit 1" '));
    try {
      await expect(probeHost(host(), key)).rejects.toMatchObject({
        part: 'host',
        code: 'host-script-failed',
        retry: 'never',
        forPerson: {
          what: 'the look at 127.0.0.1 was cut short (exit 1)',
          why: 'no shell for you',
          next: expect.stringContaining('the account may be restricted'),
        },
      });
    } finally {
      await writeFile(authorized, before);
    }
  });
});

describe('knownKeys', () => {
  const blob = Buffer.from('a key').toString('base64');

  test.each([
    ['h.example ssh-ed25519 KEY', 'h.example', 22, 1],
    ['h.example,192.0.2.1 ssh-ed25519 KEY comment', '192.0.2.1', 22, 1],
    ['[h.example]:2222 ssh-ed25519 KEY', 'h.example', 2222, 1],
    ['h.example ssh-ed25519 KEY', 'h.example', 2222, 0],
    ['[h.example]:2222 ssh-ed25519 KEY', 'h.example', 22, 0],
    ['@revoked h.example ssh-ed25519 KEY', 'h.example', 22, 0],
    ['@cert-authority *.example ssh-ed25519 KEY', 'h.example', 22, 0],
    ['#h.example ssh-ed25519 KEY', 'h.example', 22, 0],
    ['h.example', 'h.example', 22, 0],
    ['H.EXAMPLE ssh-rsa KEY', 'h.example', 22, 1],
  ] as const)('%s for %s port %i: %i', (line, address, port, count) => {
    expect(knownKeys(line.replace('KEY', blob), address, port)).toHaveLength(count);
  });

  test('a key that is revoked elsewhere in the file does not count', () => {
    expect(knownKeys(`h.example ssh-ed25519 ${blob}\n@revoked * ssh-ed25519 ${blob}\n`, 'h.example', 22)).toEqual([]);
  });

  test('never throws, and trusts no line but one that names the host', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!text.includes('h.example')) expect(knownKeys(text, 'h.example', 22)).toEqual([]);
      }),
    );
  });
});
