import { urlOf } from '../../host/render/exposure.js';
import { rewritten, settled } from '../edit.js';
import type { Rule } from '../finding.js';

/**
 * A URL with which reconfigure stops.
 *
 * Source: omnibus-gitlab, libraries/registry.rb: scheme and host, http or https, no path.
 */
export const urlInvalid: Rule = {
  id: 'url-invalid',
  severity: 'error',
  find: ({ tree, gitlabRb }) =>
    ['external_url', 'registry_external_url'].flatMap((key) => {
      const text = tree.text(key);
      const url = urlOf(text);
      if (text === undefined || url === undefined) return [];
      const withPath = url !== 'invalid' && key === 'registry_external_url' && url.path !== '' && url.path !== '/';
      if (url !== 'invalid' && !withPath) return [];
      const right = url === 'invalid' ? 'https://HOST or https://HOST:PORT' : `${url.scheme}://${hostOf(text)}`;
      return [
        {
          line: tree.origin(key).line ?? null,
          key,
          expected: right,
          actual: text,
          why: withPath
            ? 'the registry takes a host of its own or a port, and no path: reconfigure stops here'
            : 'it takes http:// or https:// and a host: reconfigure stops here',
          fix: `${key} '${right}'`,
          ...(withPath ? rewritten(gitlabRb, settled(gitlabRb, key), right) : {}),
        },
      ];
    }),
};

function hostOf(text: string): string {
  return /^https?:\/\/([^/]+)/i.exec(text)?.[1] ?? 'HOST';
}
