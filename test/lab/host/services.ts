import { existsSync } from 'node:fs';
import { access, chmod, constants, mkdir, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Output, run, waitFor } from './process.js';

/** Where things of the package are below the host's root. */
export const layout = (root: string) => ({
  gitlabRb: path.join(root, 'etc/gitlab/gitlab.rb'),
  secrets: path.join(root, 'etc/gitlab/gitlab-secrets.json'),
  gitlabYml: path.join(root, 'var/opt/gitlab/gitlab-rails/etc/gitlab.yml'),
  signingKey: path.join(root, 'var/opt/gitlab/gitlab-rails/etc/gitlab-registry.key'),
  ssl: path.join(root, 'etc/gitlab/ssl'),
  registry: path.join(root, 'var/opt/gitlab/registry'),
  registryConfig: path.join(root, 'var/opt/gitlab/registry/config.yml'),
  storage: path.join(root, 'var/opt/gitlab/gitlab-rails/shared/registry'),
  nginx: path.join(root, 'var/opt/gitlab/nginx'),
  vhost: path.join(root, 'var/opt/gitlab/nginx/conf/service_conf/gitlab-registry.conf'),
  logs: path.join(root, 'var/log/gitlab'),
  definitions: path.join(root, 'opt/gitlab/sv'),
  enabled: path.join(root, 'opt/gitlab/service'),
  init: path.join(root, 'opt/gitlab/init'),
  ctl: path.join(root, 'bin/gitlab-ctl'),
  embeddedNginx: path.join(root, 'opt/gitlab/embedded/sbin/nginx'),
  manifest: path.join(root, 'opt/gitlab/version-manifest.txt'),
  supervisorPid: path.join(root, 'opt/gitlab/runsvdir.pid'),
});

const executable = async (file: string, text: string): Promise<void> => {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
};

/** Defines a service with its log service and links it among the enabled ones. */
export const enableService = async (root: string, name: string, command: string): Promise<void> => {
  const { definitions, enabled, init, logs } = layout(root);
  const definition = path.join(definitions, name);
  const log = path.join(logs, name);
  await mkdir(log, { recursive: true });
  await executable(path.join(definition, 'run'), `#!/bin/sh\nexec 2>&1\n${command}\n`);
  await executable(path.join(definition, 'log/run'), `#!/bin/sh\nexec chpst -P svlogd -tt '${log}'\n`);
  await link('/usr/bin/sv', path.join(init, name));
  await link(definition, path.join(enabled, name));
};

const link = async (target: string, at: string): Promise<void> => {
  await mkdir(path.dirname(at), { recursive: true });
  if (!existsSync(at)) await symlink(target, at);
};

/** Controls one service as `gitlab-ctl ACTION NAME` does. */
export const control = (root: string, action: string, name: string): Promise<Output> =>
  run(layout(root).ctl, [action, name]);

/**
 * Stops a service and has it started again, without waiting for the start: `restart` of a service that dies at once
 * waits until it happens to see it alive, for up to thirty seconds.
 */
export const restartUnwatched = async (root: string, name: string): Promise<void> => {
  await control(root, 'stop', name);
  await run('sv', ['up', path.join(layout(root).enabled, name)]);
};

/** The account that the registry's service runs as: one of its own on a real host, nobody's where root plays all. */
export const registryUser = (): string | undefined => (process.getuid?.() === 0 ? 'nobody' : undefined);

/** Takes a service off the list and stops it; its definition and its files stay, as on a real host. */
export const disableService = async (root: string, name: string): Promise<void> => {
  const at = path.join(layout(root).enabled, name);
  if (!existsSync(at)) return;
  await control(root, 'stop', name);
  await rm(at);
};

/** Is the host up, that is: does its runsvdir run? */
export const supervised = async (root: string): Promise<boolean> => {
  const pid = await readFile(layout(root).supervisorPid, 'utf8').catch(() => '');
  if (pid === '') return false;
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
};

/** Waits until the service's runsv answers; runsvdir looks for new ones every five seconds. */
export const waitForRunsv = (root: string, name: string): Promise<true> => {
  const ok = path.join(layout(root).enabled, name, 'supervise/ok');
  return waitFor(`runsv of ${name}`, () => fifoHasReader(ok));
};

const fifoHasReader = async (fifo: string): Promise<true | undefined> => {
  try {
    await access(fifo);
    const handle = await open(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    await handle.close();
    return true;
  } catch {
    return undefined;
  }
};
