import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mustRun, type Output, run, startDaemon, waitFor } from './process.js';
import { tarOf } from './skopeo.js';

export type Dockerd = {
  /** The docker client against this daemon, with a configuration (and so credentials) of its own. */
  docker(args: readonly string[], options?: { input?: string | Buffer }): Promise<Output>;
  /** Makes a tiny image of this name and tag. */
  makeImage(tag: string): Promise<void>;
  dockerHost: string;
  dockerConfig: string;
  stop(): Promise<void>;
};

export type Unavailable = { unavailable: string };

/** A Docker daemon of its own: it runs no containers and touches no network, but logs in, pulls and pushes. */
export const startDockerd = async (dir: string): Promise<Dockerd | Unavailable> => {
  if (process.getuid?.() !== 0) return { unavailable: 'dockerd needs root' };
  const version = await run('dockerd', ['--version']);
  if (version.code !== 0) return { unavailable: 'dockerd is not installed' };
  for (const name of ['data', 'exec', 'client']) await mkdir(path.join(dir, name), { recursive: true });
  const short = await shortName(dir);
  const at = (name: string): string => path.join(short.dir, name);
  const socket = `unix://${at('docker.sock')}`;
  const log = path.join(dir, 'dockerd.log');
  const roots = [
    '--data-root',
    path.join(dir, 'data'),
    '--exec-root',
    at('exec'),
    '-H',
    socket,
    '-p',
    at('docker.pid'),
  ];
  const daemon = await startDaemon('dockerd', [...roots, '--iptables=false', '--bridge=none', '--storage-driver=vfs'], {
    log,
    env: { TMPDIR: dir },
  });
  let exited = false;
  void daemon.exited.then(() => {
    exited = true;
  });
  const dockerConfig = path.join(dir, 'client');
  const env = { DOCKER_HOST: socket, DOCKER_CONFIG: dockerConfig };
  const docker: Dockerd['docker'] = (args, options = {}) => run('docker', args, { env, ...options });
  const stop = async (): Promise<void> => {
    await daemon.stop();
    await short.remove();
  };
  const ready = await waitFor('dockerd', async () => {
    if (exited) return false;
    return (await docker(['version', '--format', '{{.Server.Version}}'])).code === 0 ? true : undefined;
  }).catch(() => false);
  if (!ready) {
    await stop();
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    return { unavailable: `dockerd does not start: ${lines.at(-1) ?? ''}` };
  }
  return {
    docker,
    makeImage: async (tag) => {
      await mustRun('docker', ['import', '-', tag], { env, input: tarOf('hello.txt', `${tag}\n`) });
    },
    dockerHost: socket,
    dockerConfig,
    stop,
  };
};

/** Paths of unix sockets end at 107 characters; a long data folder gets a short name for them. */
const shortName = async (dir: string): Promise<{ dir: string; remove: () => Promise<void> }> => {
  if (dir.length < 60) return { dir, remove: async () => {} };
  const link = await mkdtemp(path.join(tmpdir(), 'dkr-'));
  await symlink(dir, path.join(link, 'd'));
  return { dir: path.join(link, 'd'), remove: () => rm(link, { recursive: true, force: true }) };
};
