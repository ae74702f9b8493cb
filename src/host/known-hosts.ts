import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Endpoint } from '../config/schema.js';
import { EdgeError, messageOf } from '../errors.js';

/** The SHA-256 fingerprint of a raw host key, as `ssh-keygen -lf` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Tells the pinned host key from every other one. Errors: `file-unreadable` of a known_hosts file. */
export function keyCheck(endpoint: Endpoint): (key: Buffer) => boolean {
  if (endpoint.hostKey !== undefined) {
    const pinned = endpoint.hostKey.replace(/=+$/, '');
    return (key) => fingerprint(key) === pinned;
  }
  const known = knownKeys(knownHostsOf(endpoint), endpoint.address, endpoint.port);
  return (key) => known.some((one) => one.length === key.length && timingSafeEqual(one, key));
}

function knownHostsOf({ knownHosts: path }: Endpoint): string {
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
