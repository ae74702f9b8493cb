import { writeFile } from 'node:fs/promises';
import type { Host } from './host.js';
import { type Output, run } from './process.js';

/** Runs a script on the host with OpenSSH's client, which trusts nothing but the known host key. */
export const sshScript = async (host: Host, script: string, more: readonly string[] = []): Promise<Output> => {
  const { port, username, privateKeyPath, knownHostsLine } = host.ssh;
  const knownHosts = `${host.root}/lab/known_hosts`;
  await writeFile(knownHosts, `${knownHostsLine}\n`);
  const options = [
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'ConnectTimeout=10',
  ].flatMap((option) => ['-o', option]);
  const target = ['-F', '/dev/null', '-i', privateKeyPath, '-p', String(port), ...options, ...more];
  return run('ssh', [...target, `${username}@127.0.0.1`, 'sh -s'], { input: script });
};
