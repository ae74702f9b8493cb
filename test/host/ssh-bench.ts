import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../src/config/schema.js';
import { createSshPool, type PoolOptions, type SshPool } from '../../src/host/pool.js';
import { resolveSecret } from '../../src/secrets/reference.js';
import { freePort } from '../lab/host/process.js';
import { type Sshd, startSshd } from '../lab/host/sshd.js';

/** A real sshd, and pools that are closed at the end. */
export interface SshBench {
  dir: string;
  sshd: Sshd;
  /** The sshd as the configuration names it. */
  host(changes?: Partial<Host>): Host;
  pool(options?: PoolOptions, environment?: Record<string, string>): SshPool;
  /** Runs it once, over a connection of its own. */
  once(host: Host, script: string): ReturnType<SshPool['run']>;
  /** With another line of authorized_keys options, for as long as the work lasts. */
  restricted<T>(options: string, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startSshBench(): Promise<SshBench> {
  const dir = await mkdtemp(join(tmpdir(), 'ssh-'));
  const sshd = await startSshd(join(dir, 'sshd'), join(dir, 'root'), await freePort());
  const pools: SshPool[] = [];
  const bench: SshBench = {
    dir,
    sshd,
    host: (changes = {}) => hostOf(sshd, changes),
    pool(options, environment = {}) {
      const pool = createSshPool((reference) => resolveSecret(reference, environment), options);
      pools.push(pool);
      return pool;
    },
    async once(host, script) {
      const pool = bench.pool();
      try {
        return await pool.run(host, 'sh -s', script);
      } finally {
        await pool.close();
      }
    },
    async restricted(options, work) {
      const path = join(dir, 'sshd', 'authorized_keys');
      const before = await readFile(path, 'utf8');
      await writeFile(path, before.replace(/^restrict /, `restrict,${options} `));
      try {
        return await work();
      } finally {
        await writeFile(path, before);
      }
    },
    async stop() {
      await Promise.all(pools.map((pool) => pool.close()));
      await sshd.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return bench;
}

/** How the configuration names an sshd of the lab. */
export function hostOf(sshd: Sshd, changes: Partial<Host> = {}): Host {
  const { host: address, port, username: user, hostKeyFingerprint: hostKey, privateKeyPath } = sshd.access;
  return {
    address,
    port,
    user,
    sudo: false,
    ...('agent' in changes ? {} : { key: `file:${privateKeyPath}` }),
    ...('knownHosts' in changes ? {} : { hostKey }),
    ...changes,
  };
}
