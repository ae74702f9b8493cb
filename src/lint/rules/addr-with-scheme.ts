import { rewritten, settled } from '../edit.js';
import type { Found, LintInput, Rule } from '../finding.js';

const ADDRESSES = ['registry_http_addr', 'debug_addr'];

/**
 * `http://` in front of an address that is host:port.
 *
 * Source: omnibus-samples 07, measured: nginx `invalid port in upstream`, registry `too many colons in address`.
 */
export const addrWithScheme: Rule = {
  id: 'addr-with-scheme',
  severity: 'error',
  find: ({ tree, gitlabRb }: LintInput) =>
    ADDRESSES.flatMap((key): Found[] => {
      const { value, origin } = tree.find('registry', key);
      const found = typeof value === 'string' ? /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/]*)/i.exec(value) : null;
      if (typeof value !== 'string' || found === null) return [];
      const right = found[1] ?? '';
      return [
        {
          line: origin.line ?? null,
          key: `registry['${key}']`,
          expected: right,
          actual: value,
          why: `the address has a scheme, and takes host:port only: ${key === 'debug_addr' ? 'the registry fails on it' : 'nginx and the registry both fail on it, and nginx takes GitLab’s page down with it'}`,
          fix: `registry['${key}'] = "${right}"`,
          ...(right === '' ? {} : rewritten(gitlabRb, settled(gitlabRb, 'registry', key), right)),
        },
      ];
    }),
};
