import { parseGitlabRb } from '../../src/host/gitlab-rb.js';
import type { Finding } from '../../src/lint/finding.js';
import { type Linted, lint } from '../../src/lint/lint.js';

/** Texts of the files as they lie on a host. */
export interface Texts {
  gitlabRb: string;
  registryConfig?: string | undefined;
  vhost?: string | undefined;
  version?: string | undefined;
}

export async function linted({ gitlabRb, registryConfig, vhost, version }: Texts): Promise<Linted> {
  return lint(
    {
      gitlabRb: await parseGitlabRb(gitlabRb),
      ...(registryConfig === undefined ? {} : { registryConfig }),
      ...(vhost === undefined ? {} : { vhost }),
      ...(version === undefined ? {} : { version }),
    },
    { 'gitlab.rb': 'gitlab.rb', 'registry-config': 'config.yml', vhost: 'vhost' },
  );
}

/** A finding in a line: what failed tests print. */
export function brief({ id, file, line, key, expected, actual }: Finding): string {
  return `${file}:${line} ${id} ${key}: ${actual} → ${expected}`;
}

export async function findingsOf(texts: Texts): Promise<string[]> {
  return (await linted(texts)).findings.map(brief);
}
