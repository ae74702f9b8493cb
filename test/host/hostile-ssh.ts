import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { fingerprint } from '../../src/host/known-hosts.js';

/** An SSH server that lets everybody in and then misbehaves, as the user's name says. */
export interface HostileSsh {
  access: { address: string; port: number; hostKey: string };
  /** What logins were tried with, in their order. */
  methods: readonly string[];
  /** What went out over the present look's channel. Megabytes. */
  sentMb(): number;
  stop(): Promise<void>;
}

const CHUNK = randomBytes(64 * 1024);

export async function startHostileSsh(): Promise<HostileSsh> {
  // Of its ed25519 keys one in some hundred can't be parsed by the package itself.
  const key = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const parsed = ssh2.utils.parseKey(key.private);
  if (parsed instanceof Error || Array.isArray(parsed)) throw new Error('no host key');
  const open = new Set<Connection>();
  const methods: string[] = [];
  let sent = 0;

  const flood = (stream: ServerChannel | ServerChannel['stderr'], isOpen: () => boolean) => {
    const more = () => {
      if (!isOpen()) return;
      sent += CHUNK.length;
      stream.write(CHUNK, () => setImmediate(more));
    };
    more();
  };

  const behave: Record<string, (channel: ServerChannel, connection: Connection) => void> = {
    // A channel stays writable when its connection is gone: nobody takes what is written then.
    floods: (channel, connection) => flood(channel, () => open.has(connection)),
    'floods-errors': (channel, connection) => flood(channel.stderr, () => open.has(connection)),
    hangs: (channel) => void channel.write(`\nregistrar-look registrar-${'0'.repeat(32)}\n`),
    closes: (channel) => {
      channel.exit(0);
      channel.end();
    },
    breaks: (channel, connection) => {
      channel.write('half a');
      connection.end();
    },
    garbage: (channel) => {
      channel.write(CHUNK);
      channel.exit(0);
      channel.end();
    },
  };

  const server = new ssh2.Server({ hostKeys: [key.private] }, (connection) => {
    open.add(connection);
    sent = 0;
    let user = '';
    connection.on('error', () => {});
    connection.on('close', () => open.delete(connection));
    connection.on('authentication', (login) => {
      user = login.username;
      methods.push(login.method);
      login.accept();
    });
    connection.on('session', (accept, reject) => {
      if (user === 'refuses') return reject();
      if (user === 'drops') return connection.end();
      // Neither yes nor no.
      if (user === 'hangs-before') return;
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.on('error', () => {});
        channel.resume();
        behave[user]?.(channel, connection);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    access: {
      address: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      hostKey: fingerprint(parsed.getPublicSSH()),
    },
    methods,
    sentMb: () => sent / 1024 / 1024,
    async stop() {
      for (const connection of open) connection.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
