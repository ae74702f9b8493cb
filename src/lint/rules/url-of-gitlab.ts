import { urlOf } from '../../host/render/exposure.js';
import { UNKNOWN } from '../../host/render/settings.js';
import type { Rule } from '../finding.js';

/** One name and one port for GitLab and its registry: nginx can give only one of them to those who ask. */
export const urlOfGitlab: Rule = {
  id: 'url-of-gitlab',
  severity: 'error',
  find({ tree }) {
    const gitlab = urlOf(tree.text('external_url'));
    const registry = urlOf(tree.text('registry_external_url'));
    if (gitlab === undefined || gitlab === 'invalid' || registry === undefined || registry === 'invalid') return [];
    const same = gitlab.host.toLowerCase() === registry.host.toLowerCase() && gitlab.port === registry.port;
    if (!same || gitlab.host === UNKNOWN || tree.text('registry', 'nginx', 'listen_port') !== undefined) return [];
    if (tree.text('registry_nginx', 'listen_port') !== undefined || tree.text('nginx', 'listen_port') !== undefined)
      return [];
    return [
      {
        line: tree.origin('registry_external_url').line ?? null,
        key: 'registry_external_url',
        expected: 'another name or another port than external_url',
        actual: tree.text('registry_external_url') ?? null,
        why: 'it is where GitLab itself is: nginx answers with only one of the two',
        fix: `registry_external_url '${registry.scheme}://${registry.host}:5050'`,
      },
    ];
  },
};
