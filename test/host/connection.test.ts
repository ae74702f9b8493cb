import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Host } from '../../src/config/schema.js';
import { fingerprint } from '../../src/host/known-hosts.js';
import { mustRun, run } from '../lab/host/process.js';
import { startHostileSsh } from './hostile-ssh.js';
import { type SshBench, startSshBench } from './ssh-bench.js';

let bench: SshBench;

beforeAll(async () => {
  bench = await startSshBench();
});
afterAll(() => bench?.stop());

const failure = (host: Host, script = 'true') => bench.once(host, script).catch((thrown: unknown) => thrown);

async function withKnownHosts(text: string): Promise<Host> {
  const path = join(bench.dir, 'known_hosts');
  await writeFile(path, text);
  return bench.host({ knownHosts: path });
}

async function newKey(name: string, passphrase = ''): Promise<string> {
  const path = join(bench.dir, name);
  await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', path]);
  return path;
}

test('runs the script in one round trip: output, errors and exit code come back', async () => {
  const script = 'printf "%s|%s" "$REGISTRAR_ROOT" "$0"; echo oops >&2; exit 3';
  expect(await bench.once(bench.host(), script)).toEqual({
    stdout: `${join(bench.dir, 'root')}|sh`,
    stderr: 'oops\n',
    code: 3,
  });
});

test('letters of several bytes stay whole, wherever the stream is cut', async () => {
  const { stdout } = await bench.once(bench.host(), 'yes „Straße“ | head -n 20000');
  expect([stdout.length, stdout.includes('\uFFFD')]).toEqual([9 * 20_000, false]);
});

describe('who the host is', () => {
  test('a fingerprint may end in the = of base64', async () => {
    const hostKey = `${bench.sshd.access.hostKeyFingerprint}=`;
    expect(await bench.once(bench.host({ hostKey }), 'echo ok')).toMatchObject({ stdout: 'ok\n' });
  });

  test('a key of known_hosts counts, plain and hashed', async () => {
    const { knownHostsLine, port } = bench.sshd.access;
    const [, type, blob] = knownHostsLine.split(' ');
    const salt = Buffer.from('salt of twenty bytes').toString('base64');
    const hash = createHmac('sha1', Buffer.from(salt, 'base64')).update(`[127.0.0.1]:${port}`).digest('base64');
    for (const line of [knownHostsLine, `|1|${salt}|${hash} ${type} ${blob}`])
      expect(await bench.once(await withKnownHosts(`# comment\n${line}\n`), 'echo ok')).toMatchObject({ code: 0 });
  });

  test.each(['', '# nothing\n', 'other.example.com ssh-ed25519 AAAA\n'])(
    'an unknown host is never trusted: %j',
    async (known) => {
      expect(await failure(await withKnownHosts(known))).toMatchObject({ code: 'ssh-host-key-changed' });
    },
  );

  test('another host key is refused loudly, and nothing is sent', async () => {
    await bench.sshd.restartWithKey('other');
    try {
      const witness = join(bench.dir, 'witness');
      const error = await failure(bench.host(), `touch ${witness}`);
      const other = (await readFile(join(bench.dir, 'sshd', 'host-key-other.pub'), 'utf8')).split(' ')[1] ?? '';
      const offered = fingerprint(Buffer.from(other, 'base64'));
      expect(error).toMatchObject({
        part: 'ssh',
        code: 'ssh-host-key-changed',
        retry: 'never',
        forPerson: {
          what: 'the host key of 127.0.0.1 is not the one that is pinned: REFUSED, nothing was sent',
          why: expect.stringContaining(`it offers ${offered}; expected ${bench.sshd.access.hostKeyFingerprint}`),
          next: expect.stringContaining(offered),
        },
      });
      await expect(readFile(witness)).rejects.toMatchObject({ code: 'ENOENT' });
    } finally {
      await bench.sshd.restartWithKey('first');
    }
  });

  test('a known_hosts file that is not there', async () => {
    const path = join(bench.dir, 'none');
    expect(await failure(bench.host({ knownHosts: path }))).toMatchObject({
      name: 'EdgeError',
      retry: 'never',
      forPerson: { what: expect.stringContaining(path) },
    });
  });
});

describe('who Registrar is', () => {
  test('a key that the host does not know', async () => {
    expect(await failure(bench.host({ key: `file:${await newKey('stranger')}` }))).toMatchObject({
      part: 'ssh',
      code: 'ssh-refused',
      retry: 'never',
      forPerson: {
        what: `${bench.sshd.access.username}@127.0.0.1:${bench.sshd.access.port} refuses Registrar’s key`,
        next: expect.stringContaining('~/.ssh/authorized_keys'),
      },
    });
  });

  test('the key is tried at once: no round trip is spent on a login without one', async () => {
    const hostile = await startHostileSsh();
    try {
      await bench.once(bench.host({ ...hostile.access, user: 'closes' }), 'true');
      expect(new Set(hostile.methods)).toEqual(new Set(['publickey']));
    } finally {
      await hostile.stop();
    }
  });

  test.each(['not a key', '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n'])(
    'a text that is no key is Registrar’s fault, and not repeated: %j',
    async (text) => {
      const path = join(bench.dir, 'no-key');
      await writeFile(path, text);
      const error = await failure(bench.host({ key: `file:${path}` }));
      expect(error).toMatchObject({ part: 'ssh', code: 'ssh-refused', retry: 'never' });
      expect(JSON.stringify(error)).not.toContain('hunter2');
    },
  );

  test('an encrypted key: with its passphrase, without, and with a wrong one', async () => {
    const path = await newKey('encrypted', 'open sesame');
    const authorized = join(bench.dir, 'sshd', 'authorized_keys');
    await writeFile(authorized, await readFile(`${path}.pub`), { flag: 'a' });
    const key = `file:${path}` as const;
    const words = async (name: string, text: string) => {
      await writeFile(join(bench.dir, name), text);
      return `file:${join(bench.dir, name)}` as const;
    };
    const right = await words('right', 'open sesame\n');
    expect(await bench.once(bench.host({ key, passphrase: right }), 'echo in')).toMatchObject({ stdout: 'in\n' });
    expect(await failure(bench.host({ key }))).toMatchObject({
      code: 'ssh-refused',
      forPerson: { what: `the private key ${key} is encrypted`, next: expect.stringContaining('passphrase: env:NAME') },
    });
    const wrong = await words('wrong', 'hunter2');
    const error = await failure(bench.host({ key, passphrase: wrong }));
    expect(error).toMatchObject({
      code: 'ssh-refused',
      forPerson: { what: `the passphrase does not open the private key ${key}` },
    });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  test('an ssh-agent holds the key; one that is not there is named', async () => {
    const socket = join(bench.dir, 'agent.sock');
    const { stdout } = await mustRun('ssh-agent', ['-s', '-a', socket]);
    try {
      await mustRun('ssh-add', ['-q', bench.sshd.access.privateKeyPath], { env: { SSH_AUTH_SOCK: socket } });
      expect(await bench.once(bench.host({ agent: socket }), 'echo in')).toMatchObject({ stdout: 'in\n' });
      const pool = bench.pool({}, { SSH_AUTH_SOCK: socket });
      expect(await pool.run(bench.host({ agent: true }), 'sh -s', 'echo in')).toMatchObject({ stdout: 'in\n' });
    } finally {
      await run('kill', [/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1] ?? '']);
    }
    expect(await failure(bench.host({ agent: join(bench.dir, 'none') }))).toMatchObject({
      code: 'ssh-refused',
      forPerson: { what: expect.stringMatching(/^the ssh-agent for .* does not answer$/) },
    });
  });
});

test('nobody there, and a name that is none', async () => {
  for (const changes of [{ port: 1 }, { address: 'none.invalid' }])
    expect(await failure(bench.host(changes))).toMatchObject({
      part: 'ssh',
      code: 'ssh-unreachable',
      retry: { afterMs: expect.any(Number) },
      forPerson: {
        what: expect.stringContaining('can’t be reached by SSH'),
        next: expect.stringContaining('ssh -p'),
      },
    });
});

test.each(['HTTP/1.1 400 Bad Request\r\n\r\n', '', `${'x'.repeat(9_000)}\r\n`, 'a greeting\r\n'.repeat(2_000)])(
  'something else than sshd, which closes',
  async (greeting) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(greeting)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await failure(bench.host({ port }))).toMatchObject({ code: 'ssh-unreachable' });
    server.close();
  },
);
