import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { NodeSSH } from 'node-ssh';
import type { Host } from '../config/schema.js';
import { EdgeError, messageOf, RETRY_MS } from '../errors.js';
import { within } from '../within.js';

/** Time to connect, and time for the script. Milliseconds. */
const CONNECT_MS = 6_000;
const SCRIPT_MS = 15_000;

export interface HostRun {
  stdout: string;
  stderr: string;
  code: number;
}

/**
 * Runs a script on the host in one round trip: it goes in on standard input, so nothing of it is a command line.
 *
 * Errors: `ssh-host-key-changed` when the key is not the pinned one (nothing was sent), `ssh-refused` when the
 * login is refused, `ssh-unreachable` when there is no answer.
 */
export async function runOnHost(host: Host, privateKey: string, script: string): Promise<HostRun> {
  const isKnown = keyCheck(host);
  let offered: string | undefined;
  const ssh = new NodeSSH();
  try {
    await ssh.connect({
      host: host.address,
      port: host.port,
      username: host.user,
      privateKey,
      readyTimeout: CONNECT_MS,
      hostVerifier: (key: Buffer) => {
        offered = fingerprint(key);
        return isKnown(key);
      },
    });
  } catch (error) {
    ssh.dispose();
    throw connectError(host, error, offered);
  }
  try {
    const command = host.sudo ? 'sudo -n sh -s' : 'sh -s';
    const run = await within(
      SCRIPT_MS,
      `the host did not finish within ${SCRIPT_MS / 1000} s`,
      ssh.execCommand(command, { stdin: script }),
    );
    return { stdout: run.stdout, stderr: run.stderr, code: run.code ?? -1 };
  } catch (error) {
    throw new EdgeError({
      part: 'ssh',
      code: 'ssh-unreachable',
      retry: { afterMs: RETRY_MS },
      cause: error,
      forPerson: {
        what: `the connection to ${host.address} broke off`,
        why: messageOf(error),
        next: `try ssh -p ${host.port} ${host.user}@${host.address} from Registrar’s machine`,
      },
    });
  } finally {
    ssh.dispose();
  }
}

/** The SHA-256 fingerprint of a raw host key, as `ssh-keygen -lf` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function keyCheck(host: Host): (key: Buffer) => boolean {
  if (host.hostKey !== undefined) {
    const pinned = host.hostKey.replace(/=+$/, '');
    return (key) => fingerprint(key) === pinned;
  }
  const known = knownKeys(knownHostsOf(host), host.address, host.port);
  return (key) => known.some((one) => one.length === key.length && timingSafeEqual(one, key));
}

function knownHostsOf({ knownHosts: path }: Host): string {
  if (path === undefined) return '';
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new EdgeError({
      part: 'config',
      code: 'file-unreadable',
      cause: error,
      forPerson: {
        what: `the known_hosts file ${path} can’t be read`,
        why: messageOf(error),
        next: 'correct hosts.knownHosts of the configuration, or pin the key with hostKey',
      },
    });
  }
}

/**
 * The keys that a known_hosts file has for a host; ssh2 has no reader of its own. Pure.
 *
 * Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: names separated by commas, `[host]:port` unless 22, or hashed as
 * `|1|salt|HMAC-SHA1`, both in lower case. A key that is @revoked anywhere is nobody's; lines marked @cert-authority
 * are not taken.
 */
export function knownKeys(file: string, address: string, port: number): Buffer[] {
  const host = address.toLowerCase();
  const name = port === 22 ? host : `[${host}]:${port}`;
  const lines = file.split('\n').map((line) => line.trim().split(/\s+/));
  const revoked = new Set(lines.filter(([mark]) => mark === '@revoked').map(([, , , key]) => key));
  return lines.flatMap(([names = '', type, key]) => {
    if (names === '' || /^[#@]/.test(names) || type === undefined || key === undefined || revoked.has(key)) return [];
    const matches = names.startsWith('|1|') ? isHashOf(names, name) : names.toLowerCase().split(',').includes(name);
    return matches ? [Buffer.from(key, 'base64')] : [];
  });
}

function isHashOf(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function connectError(host: Host, error: unknown, offered: string | undefined): EdgeError {
  const where = `${host.user}@${host.address}:${host.port}`;
  const said = messageOf(error);
  if (/verification failed/i.test(said)) {
    return new EdgeError({
      part: 'ssh',
      code: 'ssh-host-key-changed',
      cause: error,
      forPerson: {
        what: `the host key of ${host.address} is not the one that is pinned: REFUSED, nothing was sent`,
        why: `it offers ${offered ?? 'another key'}; expected ${host.hostKey ?? `a key of ${host.knownHosts}`}. Either the host was set up anew, or somebody stands in between`,
        next: `on the host’s own console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; only if it prints ${offered ?? 'that key'}, pin it in the configuration`,
      },
    });
  }
  if (/authentication methods failed|permission denied|unsupported key|cannot parse privatekey/i.test(said)) {
    return new EdgeError({
      part: 'ssh',
      code: 'ssh-refused',
      cause: error,
      forPerson: {
        what: `${where} refuses Registrar’s key`,
        why: said,
        next: `append the public key to ~/.ssh/authorized_keys of ${host.user} on ${host.address}`,
      },
    });
  }
  return new EdgeError({
    part: 'ssh',
    code: 'ssh-unreachable',
    retry: { afterMs: RETRY_MS },
    cause: error,
    forPerson: {
      what: `${where} can’t be reached by SSH`,
      why: said,
      next: `try ssh -p ${host.port} ${host.user}@${host.address} from Registrar’s machine`,
    },
  });
}
