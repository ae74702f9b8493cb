import { parseGitlabRb } from '../../src/host/gitlab-rb.js';
import { type Proposal, propose } from '../../src/propose/propose.js';
import type { Texts } from '../lint/linted.js';

const NAMES = { 'gitlab.rb': 'gitlab.rb', 'registry-config': 'config.yml', vhost: 'vhost' };

export async function proposed({ gitlabRb, registryConfig, vhost, version }: Texts): Promise<Proposal> {
  const files = {
    gitlabRb: await parseGitlabRb(gitlabRb),
    ...(registryConfig === undefined ? {} : { registryConfig }),
    ...(vhost === undefined ? {} : { vhost }),
    ...(version === undefined ? {} : { version }),
  };
  return propose(gitlabRb, files, NAMES);
}

/** What a diff takes away and adds, without its headers. */
export function changes({ diff }: Proposal): string[] {
  return diff.split('\n').filter((line) => /^[+-](?![+-]{2} )/.test(line));
}
