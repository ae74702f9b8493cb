import type { Files } from './drift.js';
import { parseGitlabRb } from './gitlab-rb.js';
import type { HostFile, HostSnapshot } from './snapshot.js';

/** The files of a host as they are understood. */
export interface ReadFiles {
  files: Files;
  /** gitlab.rb as it came: only what is about the registry, its secrets masked. */
  source: string;
  /** Where they lie. */
  paths: string[];
  /** Why one of the generated files could not be read. */
  unread: string[];
}

/** gitlab.rb and what reconfigure made of it; without gitlab.rb, why. */
export async function filesOf(host: HostSnapshot): Promise<ReadFiles | { why: string }> {
  const { gitlabRb, registryConfig, vhost, version } = host;
  const source = textOf(gitlabRb, 'gitlab.rb');
  if ('why' in source) return source;
  const config = textOf(registryConfig, 'registry/config.yml');
  const server = textOf(vhost, 'gitlab-registry.conf');
  return {
    files: {
      gitlabRb: await parseGitlabRb(source.text),
      ...('text' in config ? { registryConfig: config.text } : {}),
      ...('text' in server ? { vhost: server.text } : {}),
      ...(version === undefined ? {} : { version }),
    },
    source: source.text,
    paths: [gitlabRb, registryConfig, vhost].flatMap((file) =>
      file !== undefined && 'text' in file ? [file.path] : [],
    ),
    unread: [config, server].flatMap((one) => ('why' in one ? [one.why] : [])),
  };
}

function textOf(file: HostFile | undefined, name: string): { text: string } | { why: string } {
  if (file === undefined) return { why: `${name} was not looked at` };
  if ('text' in file) return file;
  return {
    why:
      file.absent === 'missing'
        ? `there is no ${file.path}`
        : `${file.path} can't be read: set sudo: true for this host`,
  };
}
