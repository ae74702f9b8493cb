import { registryHost } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import { filesOf, type ReadFiles } from '../host/files.js';
import type { OpenInstance } from '../instance.js';
import { HOST_NAMES, type Linted, lint } from '../lint/lint.js';
import { type Proposal, propose } from '../propose/propose.js';
import { type EffectiveSetting, effectiveSettings } from './effective.js';

/** What is known of an instance's settings. */
export interface SettingsLook extends Pick<ReadFiles, 'paths' | 'unread'> {
  instance: string;
  settings: EffectiveSetting[];
  linted: Linted;
  proposal: Proposal;
}

/** Reads the files of the registry's host. Errors: those of the probe; `not-found` without a host, `file-unreadable` without gitlab.rb. */
export async function lookAtSettings({ config, probe }: OpenInstance): Promise<SettingsLook> {
  const host = registryHost(config.hosts);
  if (host === undefined)
    throw new EdgeError({
      part: 'config',
      code: 'not-found',
      forPerson: {
        what: `no host is configured for ${config.name}`,
        why: 'the settings are read from its files, over SSH',
        next: 'add the GitLab host under hosts in registrar.yaml; docs/host.md tells about its account',
      },
    });
  const read = await filesOf(await probe(host));
  if ('why' in read)
    throw new EdgeError({
      part: 'host',
      code: 'file-unreadable',
      forPerson: {
        what: `the settings of ${config.name} can't be told`,
        why: read.why,
        next: 'docs/host.md tells what the account needs',
      },
    });
  const { files, source, paths, unread } = read;
  return {
    instance: config.name,
    settings: effectiveSettings(files),
    linted: lint(files, HOST_NAMES),
    proposal: await propose(source, files, HOST_NAMES),
    paths,
    unread,
  };
}
