import { readFileSync } from 'node:fs';
import type { Host } from '../host.js';
import { mustRun } from '../process.js';
import { registryUser } from '../services.js';
import type { Undo } from './fault.js';

/** Bit of CAP_SYS_ADMIN, which it takes to mount. */
const SYS_ADMIN = 21n;

/** Why nothing can be mounted here; root of a container often may not. */
export const cannotMount = (): string | undefined => {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${capabilities}`) >> SYS_ADMIN) & 1n ? undefined : 'it takes the right to mount';
};

/** Mounts an empty file system of its own over the registry's storage. */
export const mountOverStorage = async ({ files: { storage } }: Host, options: string): Promise<Undo> => {
  const owner = registryUser() === undefined ? '' : `,uid=${await idOf('-u')},gid=${await idOf('-g')}`;
  await mustRun('mount', ['-t', 'tmpfs', '-o', `${options},mode=0755${owner}`, 'registrar-lab', storage]);
  return () => unmount(storage);
};

/** Lazily: a request that is under way may still have a file open. */
export const unmount = async (folder: string): Promise<void> => void (await mustRun('umount', ['-l', folder]));

const idOf = async (which: '-u' | '-g'): Promise<string> =>
  (await mustRun('id', [which, registryUser() ?? ''])).stdout.trim();
