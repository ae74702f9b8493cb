import { readFile, writeFile } from 'node:fs/promises';
import type { Link } from '../../../../src/checks/check.js';
import type { GitLabDouble } from '../../gitlab/double.js';
import type { Host } from '../host.js';
import type { ProbeAnswer } from '../probe.js';
import { waitFor } from '../process.js';

/** Takes the fault away again; afterwards the host is healthy. */
export type Undo = () => Promise<void>;

export type Fault = {
  id: string;
  /** What does not work any more, in a few words. */
  breaks: string;
  /** The link of the chain that is at fault; undefined where the chain holds. */
  link: Link | undefined;
  /** Why the fault cannot be made here; undefined where it can. */
  unavailable?: () => string | undefined;
  /** Breaks the host, or its GitLab; the symptom is there when it returns. */
  apply(host: Host, gitlab: GitLabDouble): Promise<Undo>;
};

/** Waits until the registry's public address answers in this way. */
export const untilProbe = (host: Host, what: string, matches: (answer: ProbeAnswer) => boolean): Promise<true> =>
  waitFor(what, async () => (matches(await host.probe()) ? true : undefined));

export const untilRefused = (host: Host): Promise<true> =>
  untilProbe(host, 'nginx to refuse', ({ error }) => error === 'ECONNREFUSED');

export const untilBadGateway = (host: Host): Promise<true> =>
  untilProbe(host, 'a 502 of nginx', ({ status }) => status === 502);

/** Changes a file; the answer puts the old content back. */
export const editFile = async (file: string, edit: (content: string) => string): Promise<Undo> => {
  const before = await readFile(file, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`nothing to change in ${file}`);
  await writeFile(file, after);
  return () => writeFile(file, before);
};

/** Changes config.yml and restarts the registry, as one does who knows no gitlab.rb; the answer undoes both. */
export const editRegistryConfig = async (host: Host, edit: (yaml: string) => string): Promise<Undo> => {
  const restore = await editFile(host.files.registryConfig, edit);
  await host.ctl(['restart', 'registry']);
  return async () => {
    await restore();
    await host.ctl(['restart', 'registry']);
    await host.waitUntilHealthy();
  };
};

/** Changes the registry's vhost and has nginx read it; the answer undoes both. */
export const editVhost = async (host: Host, edit: (vhost: string) => string): Promise<Undo> => {
  const restore = await editFile(host.files.vhost, edit);
  await host.ctl(['hup', 'nginx']);
  return async () => {
    await restore();
    await host.ctl(['hup', 'nginx']);
    await host.waitUntilHealthy();
  };
};

/** Changes gitlab.rb; the answer puts the old content back, reconfigures and waits for health. */
export const editSettings = async (host: Host, edit: (source: string) => string): Promise<Undo> => {
  const before = await readFile(host.files.gitlabRb, 'utf8');
  await host.writeGitlabRb(edit);
  return async () => {
    await host.writeGitlabRb(() => before);
    await host.reconfigure();
    await host.waitUntilHealthy();
  };
};

/** A fresh start of the registry: what it failed of before is not counted against it any more. */
export const forgetErrors = async (host: Host): Promise<void> => {
  await host.ctl(['restart', 'registry']);
  await host.waitUntilHealthy();
};

/** Remembers the end of a log; the answer waits until something new in it contains the text. */
export const watchLog = async (host: Host, name: string): Promise<(text: string) => Promise<true>> => {
  const read = () => readFile(`${host.files.logs}/${name}`, 'utf8').catch(() => '');
  const { length } = await read();
  return (text) =>
    waitFor(`${text} in ${name}`, async () => ((await read()).slice(length).includes(text) ? true : undefined));
};
