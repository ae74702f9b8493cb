import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startDockerd } from './host/dockerd.js';
import type { Host } from './host/host.js';
import type { Output } from './host/process.js';
import { run } from './host/process.js';
import { makeOciImage, skopeo } from './host/skopeo.js';

/** One command of a real client, as a job log shows it: the echoed command and what the client printed. */
export interface Spoken {
  log: string;
  ok: boolean;
}

/** A real client of a registry: docker with a daemon of its own, or skopeo where no daemon can run. */
export interface Client {
  name: 'docker' | 'skopeo';
  login(host: string, username: string, password: string): Promise<Spoken>;
  /** Pushes a tiny image under that name, with the credentials of the last login. */
  push(image: string): Promise<Spoken>;
  stop(): Promise<void>;
}

/** docker where dockerd can be started, else skopeo. `onSkopeo` is told why. */
export async function startClient(
  dir: string,
  ca: Host['ca'],
  onSkopeo: (why: string) => void = () => {},
): Promise<Client> {
  await mkdir(dir, { recursive: true });
  const dockerd = await startDockerd(join(dir, 'dockerd'));
  if (!('unavailable' in dockerd)) {
    return {
      name: 'docker',
      login: async (host, username, password) =>
        spoken(
          `docker login -u ${username} --password-stdin ${host}`,
          await dockerd.docker(['login', '-u', username, '--password-stdin', host], { input: password }),
        ),
      push: async (image) => {
        await dockerd.makeImage(image);
        return spoken(`docker push ${image}`, await dockerd.docker(['push', image]));
      },
      stop: () => dockerd.stop(),
    };
  }
  onSkopeo(dockerd.unavailable);
  return skopeoClient(dir, ca);
}

async function skopeoClient(dir: string, ca: Host['ca']): Promise<Client> {
  const image = await makeOciImage(join(dir, 'image'));
  const home = join(dir, 'skopeo');
  return {
    name: 'skopeo',
    login: async (host, username, password) => {
      await mkdir(home, { recursive: true });
      const args = [
        'login',
        '--cert-dir',
        ca.trustDir,
        '--authfile',
        join(home, 'auth.json'),
        '-u',
        username,
        '--password-stdin',
        host,
      ];
      return spoken(
        `skopeo login -u ${username} --password-stdin ${host}`,
        await run('skopeo', args, { input: password }),
      );
    },
    push: async (name) =>
      spoken(
        `skopeo copy ${image} docker://${name}`,
        await skopeo(home, ['copy', '--dest-cert-dir', ca.trustDir, image, `docker://${name}`]),
      ),
    stop: () => rm(home, { recursive: true, force: true }),
  };
}

function spoken(command: string, { stdout, stderr, code }: Output): Spoken {
  return { log: `$ ${command}\n${stdout}${stderr}`, ok: code === 0 };
}

/** The log of a job of that project around what a client printed, as GitLab Runner writes it. */
export function jobLog(project: string, ...spoken: Spoken[]): string {
  const failed = spoken.some(({ ok }) => !ok);
  return [
    'Running with gitlab-runner 18.11.0 (abcdef12)',
    `Reinitialized existing Git repository in /builds/${project}/.git/`,
    ...spoken.map(({ log }) => log.trimEnd()),
    failed ? 'ERROR: Job failed: exit code 1' : 'Job succeeded',
    '',
  ].join('\n');
}
