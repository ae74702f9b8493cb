import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startDockerd } from '../../test/lab/host/dockerd.js';
import { type Output, run } from '../../test/lab/host/process.js';
import { makeOciImage } from '../../test/lab/host/skopeo.js';

/** A real client, as a recording uses it: what a person would type, and what was printed. */
export interface RecordedClient {
  name: string;
  /** Its own words about its version. */
  version: string;
  /** Does it verify the certificates of a registry on the loopback? docker does not. */
  verifies: boolean;
  login(host: string, user: string, password: string): Promise<string>;
  push(image: string): Promise<string>;
  /** `missing`: the image is not there to be pushed. */
  pushMissing(image: string): Promise<string>;
  pull(image: string): Promise<string>;
  stop(): Promise<void>;
}

const lines = (command: string, { stdout, stderr }: Output) => `$ ${command}\n${stdout}${stderr}`.trimEnd();

/** Every client that this machine has. `trustDir`: the authority that it trusts; left out, none. */
export async function recordedClients(dir: string, trustDir: string | undefined): Promise<RecordedClient[]> {
  await mkdir(dir, { recursive: true });
  const image = await makeOciImage(join(dir, 'image'));
  const made = [
    await docker(dir),
    ...['skopeo', 'podman', 'buildah'].map((name) => containers(name, dir, image, trustDir)),
  ];
  const there = await Promise.all(made.map(async (client) => (client === undefined ? undefined : withVersion(client))));
  return there.filter((client) => client !== undefined);
}

type Unversioned = Omit<RecordedClient, 'version'>;

async function withVersion(client: Unversioned): Promise<RecordedClient | undefined> {
  const { stdout, code } = await run(client.name, ['--version']);
  if (code === 0) return { ...client, version: stdout.trim() };
  await client.stop();
  return undefined;
}

async function docker(dir: string): Promise<Unversioned | undefined> {
  const daemon = await startDockerd(join(dir, 'dockerd'));
  if ('unavailable' in daemon) return undefined;
  return {
    name: 'docker',
    verifies: false,
    login: async (host, user, password) =>
      lines(
        `docker login -u ${user} --password-stdin ${host}`,
        await daemon.docker(['login', '-u', user, '--password-stdin', host], { input: password }),
      ),
    push: async (name) => {
      await daemon.makeImage(name).catch(() => {});
      return lines(`docker push ${name}`, await daemon.docker(['push', name]));
    },
    pushMissing: async (name) => lines(`docker push ${name}`, await daemon.docker(['push', name])),
    pull: async (name) => lines(`docker pull ${name}`, await daemon.docker(['pull', name])),
    stop: () => daemon.stop(),
  };
}

/** The clients over containers/image: a storage and credentials of their own, no daemon. */
function containers(name: string, dir: string, image: string, trustDir: string | undefined): Unversioned {
  const home = join(dir, name);
  const trust = trustDir === undefined ? [] : ['--cert-dir', trustDir];
  const env = {
    HOME: home,
    XDG_RUNTIME_DIR: home,
    STORAGE_DRIVER: 'vfs',
    TMPDIR: home,
  };
  const storage = name === 'skopeo' ? [] : ['--root', join(home, 'storage'), '--runroot', join(home, 'run')];
  const call = async (shown: string, args: string[], input = '') => {
    await mkdir(home, { recursive: true });
    return lines(`${name} ${shown}`, await run(name, [...storage, ...args], { env, input, timeoutMs: 60_000 }));
  };
  const policy = name === 'skopeo' ? ['--insecure-policy'] : [];
  return {
    name,
    verifies: true,
    login: (host, user, password) =>
      call(
        `login -u ${user} --password-stdin ${host}`,
        ['login', ...trust, '-u', user, '--password-stdin', host],
        password,
      ),
    push: async (to) => {
      if (name === 'skopeo')
        return call(`copy ${image} docker://${to}`, [
          ...policy,
          'copy',
          ...trust.map(destination),
          image,
          `docker://${to}`,
        ]);
      await call(`pull ${image}`, ['pull', image]);
      return call(`push app:latest ${to}`, ['push', ...trust, await pulled(env, storage, name), to]);
    },
    pushMissing: (to) =>
      name === 'skopeo'
        ? call(`copy containers-storage:${to} docker://${to}`, [
            ...policy,
            'copy',
            `oci:${home}/none`,
            `docker://${to}`,
          ])
        : call(`push ${to}`, ['push', ...trust, to]),
    pull: (from) =>
      name === 'skopeo'
        ? call(`copy docker://${from} dir:out`, [
            ...policy,
            'copy',
            ...trust.map(source),
            `docker://${from}`,
            `dir:${home}/out`,
          ])
        : call(`pull ${from}`, ['pull', ...trust, from]),
    // Their storage is mounted onto itself.
    stop: async () => void (await run('umount', ['-l', join(home, 'storage', 'overlay')])),
  };
}

async function pulled(env: Record<string, string>, storage: readonly string[], name: string): Promise<string> {
  const { stdout } = await run(name, [...storage, 'images', '-q'], { env });
  return stdout.trim().split('\n')[0] ?? '';
}

const destination = (flag: string) => (flag === '--cert-dir' ? '--dest-cert-dir' : flag);
const source = (flag: string) => (flag === '--cert-dir' ? '--src-cert-dir' : flag);
