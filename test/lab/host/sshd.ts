import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { type Daemon, mustRun, startDaemon, waitFor } from './process.js';

export type SshAccess = {
  host: string;
  port: number;
  username: string;
  privateKeyPath: string;
  /** As OpenSSH prints it: `SHA256:…` */
  hostKeyFingerprint: string;
  knownHostsLine: string;
};

export type Sshd = {
  access: SshAccess;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Starts again at the same port with another host key, or with the first one. */
  restartWithKey(which: 'first' | 'other'): Promise<void>;
};

/**
 * An sshd for the current user alone, by key alone; its sessions see the host’s root, and nothing of what that user has
 * a shell do at its start. `jump`: it forwards, too.
 */
export const startSshd = async (dir: string, root: string, port: number, { jump = false } = {}): Promise<Sshd> => {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const at = (name: string): string => path.join(dir, name);
  const username = userInfo().username;
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  for (const name of ['host-key-first', 'host-key-other', 'client-key']) {
    await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', at(name)]);
  }
  await writeFile(
    at('authorized_keys'),
    `restrict${jump ? ',port-forwarding' : ''} ${await readFile(at('client-key.pub'), 'utf8')}`,
  );
  await chmod(at('authorized_keys'), 0o600);
  const [type = '', blob = ''] = (await readFile(at('host-key-first.pub'), 'utf8')).split(' ');
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
  let daemon: Daemon | undefined;
  const stop = async (): Promise<void> => {
    // As when the host goes down: sessions that are open would outlive the daemon.
    const sessions = daemon === undefined ? [] : await childrenOf(daemon.pid);
    await daemon?.stop();
    for (const pid of sessions) endIfThere(pid);
    daemon = undefined;
  };
  const start = async (key: string): Promise<void> => {
    const config = at('sshd_config');
    await writeFile(config, sshdConfig({ dir, root, port, username, key: at(key), jump }));
    await rm(at('sshd.pid'), { force: true });
    daemon = await startDaemon('/usr/sbin/sshd', ['-D', '-e', '-f', config], { log: at('sshd.log') });
    await waitFor('sshd', () => bannerOf(port));
  };
  await start('host-key-first');
  return {
    access: {
      host: '127.0.0.1',
      port,
      username,
      privateKeyPath: at('client-key'),
      hostKeyFingerprint: `SHA256:${digest}`,
      knownHostsLine: `[127.0.0.1]:${port} ${type} ${blob}`,
    },
    stop,
    start: () => start('host-key-first'),
    restartWithKey: async (which) => {
      await stop();
      await start(`host-key-${which}`);
    },
  };
};

type SshdOptions = { dir: string; root: string; port: number; username: string; key: string; jump: boolean };

const sshdConfig = (with_: SshdOptions): string =>
  `Port ${with_.port}
ListenAddress 127.0.0.1
HostKey ${with_.key}
PidFile ${with_.dir}/sshd.pid
AuthorizedKeysFile ${with_.dir}/authorized_keys
AllowUsers ${with_.username}
PermitRootLogin prohibit-password
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
DisableForwarding ${with_.jump ? 'no' : 'yes'}
PermitTTY no
PermitUserRC no
PrintMotd no
MaxStartups 100
LoginGraceTime 60
SetEnv REGISTRAR_ROOT=${with_.root} HOME=${with_.root} PATH=${with_.root}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`;

const childrenOf = async (pid: number): Promise<number[]> => {
  const pids = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return pids.split(' ').filter(Boolean).map(Number);
};

const endIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
};

const bannerOf = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
  });
