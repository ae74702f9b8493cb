import type { Rule } from '../finding.js';

/**
 * Let's Encrypt switches the registry on by itself, and users are told the port of external_url.
 *
 * Source: omnibus-samples 15.
 */
export const advertisedPort: Rule = {
  id: 'advertised-port',
  severity: 'error',
  find({ drift }) {
    const { exposure } = drift;
    if (exposure?.scheme === undefined || exposure.ownUrl || exposure.advertisedPort === undefined) return [];
    const { listenPort, advertisedPort, host, origin } = exposure;
    if (listenPort === advertisedPort) return [];
    return [
      {
        line: origin.line ?? null,
        key: origin.setting,
        expected: listenPort,
        actual: advertisedPort,
        why: `nginx serves the registry on port ${listenPort}, but users are told ${host}:${advertisedPort}: without registry_external_url the package advertises the port of external_url`,
        fix: `registry_external_url 'https://${host}:${listenPort}'`,
      },
    ];
  },
};
