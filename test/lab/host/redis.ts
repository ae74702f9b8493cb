import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Daemon, freePort, run, startDaemon, waitFor } from './process.js';

export type Redis = {
  url: string;
  port: number;
  /** Ends the server; its data stays. */
  stop(): Promise<void>;
  /** Ends the server if it runs and starts it again at the same port with the same data. */
  restart(signal?: NodeJS.Signals): Promise<void>;
};

/** A Redis of its own in `dir`, with the settings that a queue needs. */
export const startRedis = async (dir: string): Promise<Redis> => {
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  let daemon: Daemon | undefined;
  const start = async (): Promise<void> => {
    const where = ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir];
    const keep = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
    // Never rewritten: what was written once can be looked for.
    const all = ['--auto-aof-rewrite-percentage', '0'];
    const args = [...where, ...keep, ...all, '--maxmemory-policy', 'noeviction'];
    daemon = await startDaemon('redis-server', args, { log: path.join(dir, 'redis.log') });
    await waitFor('redis', async () => {
      const { stdout } = await run('redis-cli', ['-p', String(port), 'ping']);
      return stdout.trim() === 'PONG' ? true : undefined;
    });
  };
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await daemon?.stop(signal);
    daemon = undefined;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    stop: () => stop(),
    restart: async (signal) => {
      await stop(signal);
      await start();
    },
  };
};
