import { NodeSSH } from 'node-ssh';
import type { Endpoint } from '../config/schema.js';
import { fingerprint } from './known-hosts.js';
import { connectError } from './ssh-errors.js';

const GREETING_MS = 6_000;

/**
 * The fingerprint of the key that a host offers, for a person to compare; nobody logs in. It is the key that
 * {@link connect} will be offered, too: both ask for the same algorithms.
 *
 * Errors: `ssh-unreachable` when none is offered.
 */
export async function offeredKey(to: Pick<Endpoint, 'address' | 'port' | 'user'>): Promise<string> {
  let offered: string | undefined;
  const ssh = new NodeSSH();
  try {
    await ssh.connect({
      host: to.address,
      port: to.port,
      username: to.user,
      readyTimeout: GREETING_MS,
      hostVerifier: (key: Buffer) => {
        offered = fingerprint(key);
        return false;
      },
    });
  } catch (error) {
    if (offered === undefined) throw connectError(to, error, undefined);
  } finally {
    ssh.dispose();
  }
  if (offered === undefined) throw connectError(to, new Error('it offered no host key'), undefined);
  return offered;
}
