import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostScript } from '../src/host/script.js';
import { type Far, startFar } from '../test/lab/far.js';
import { freePort } from '../test/lab/host/process.js';
import { type SshAccess, startSshd } from '../test/lab/host/sshd.js';
import { type Lab, startLab } from '../test/lab/lab.js';
import type { Bench } from './bench.js';

/** Each way. Milliseconds. */
export const ONE_WAY_MS = 25;

export interface FarHost extends SshAccess {
  /** A file with the script that Registrar sends it. */
  script: string;
}

/** Instances of different sizes over the same far hosts: the first one is the registry's, the others serve the web. */
export interface Fleet {
  /** With one instance for each size, named after it. */
  configPath: string;
  hosts: readonly FarHost[];
  /** The keys of all hosts, pinned. */
  knownHosts: string;
}

/**
 * A lab whose host is looked at through a slow network, and sshds with the same root that stand for the hosts besides:
 * each finds the package's files and its `gitlab-ctl`.
 */
export async function startFleet({ dir, own }: Bench, sizes: readonly number[]): Promise<Fleet> {
  const lab = own(await startLab({ dir: join(dir, 'lab') }));
  await mkdir(join(dir, 'hosts'));
  const others = Array.from({ length: Math.max(...sizes) - 1 }, async (_, at) => {
    const sshd = own(await startSshd(join(dir, 'hosts', String(at)), lab.host.root, await freePort()));
    return sshd.access;
  });
  const near = [lab.host.ssh, ...(await Promise.all(others))];
  const script = { registry: join(dir, 'registry.sh'), web: join(dir, 'web.sh') };
  await writeFile(script.registry, hostScript({ names: [lab.host.ssh.host] }));
  await writeFile(script.web, hostScript({ names: [], servicesOnly: true }));
  const hosts = await Promise.all(
    near.map(async (access, at): Promise<FarHost> => {
      const { port }: Far = own(await startFar(access.port, ONE_WAY_MS));
      const knownHostsLine = access.knownHostsLine.replace(/^\S+/, `[${access.host}]:${port}`);
      return { ...access, port, knownHostsLine, script: at === 0 ? script.registry : script.web };
    }),
  );
  const knownHosts = join(dir, 'known_hosts');
  await writeFile(knownHosts, hosts.map(({ knownHostsLine }) => `${knownHostsLine}\n`).join(''));
  const configPath = join(dir, 'registrar.yaml');
  await writeFile(configPath, configuration(lab, hosts, sizes));
  return { configPath, hosts, knownHosts };
}

/** YAML, as all JSON is. */
function configuration({ dir, gitlab, host }: Lab, hosts: readonly SshAccess[], sizes: readonly number[]): string {
  const instance = (size: number) => ({
    name: String(size),
    ca: host.ca.certPath,
    gitlab: { url: gitlab.url, token: `file:${join(dir, 'secrets/gitlab-token')}` },
    registry: { url: host.registryUrl },
    canary: { project: 'ops/canary', push: true },
    hosts: hosts.slice(0, size).map(({ host: address, port, username, privateKeyPath, hostKeyFingerprint }, at) => ({
      ...{ address, port, user: username, key: `file:${privateKeyPath}`, hostKey: hostKeyFingerprint },
      roles: [at === 0 ? 'registry' : 'web'],
    })),
  });
  return JSON.stringify({ dataDir: './data', instances: sizes.map(instance) });
}
