import type { Difference } from '../host/drift.js';
import { type Check, pass, skipped, warn } from './check.js';

/**
 * Are the two generated files what gitlab.rb would make of them? A difference is an edit by hand (lost at the next
 * reconfigure) or a forgotten reconfigure.
 */
export const drift = {
  id: 'drift',
  asks: 'Do the generated files match gitlab.rb?',
  needs: ['drift', 'intended'],
  judge({ drift, intended }) {
    const unknown =
      intended.computed.length === 0
        ? ''
        : `; line ${intended.computed.map(({ line }) => line).join(', ')} of gitlab.rb is computed and can't be known`;
    if (drift.length === 0 && intended.expected.length === 0)
      return skipped(`gitlab.rb sets nothing of the registry${unknown}`);
    if (drift.length === 0) return pass(`${intended.expected.length} settings compared${unknown}`);
    const shown = drift.slice(0, 4).map(worded).join('; ');
    const more = drift.length > 4 ? `; and ${drift.length - 4} more` : '';
    return warn(
      `${shown}${more}${unknown}`,
      'put the value that is right into gitlab.rb, then gitlab-ctl reconfigure: it overwrites edits made by hand, and carries out what gitlab.rb says',
    );
  },
  examples: [
    {
      given: {
        intended: {
          expected: [{ file: 'vhost', key: 'server_name', value: 'a', from: 'registry_external_url' }],
          computed: [],
          syntaxErrors: [],
        },
      },
      is: 'pass',
      under: '1 settings compared',
    },
    {
      given: {
        drift: [
          {
            file: 'registry-config',
            key: 'http.addr',
            expected: {
              file: 'registry-config',
              key: 'http.addr',
              value: '127.0.0.1:5000',
              from: "registry['registry_http_addr']",
              line: 7,
            },
            actual: '0.0.0.0:5001',
            line: 9,
          },
        ],
      },
      is: 'warn',
      under: 'registry/config.yml:9 http.addr is 0.0.0.0:5001',
    },
    { given: {}, is: 'skipped', under: 'sets nothing' },
  ],
} as const satisfies Check<'drift' | 'intended'>;

function worded({ file, key, expected, actual, line }: Difference): string {
  const name = file === 'vhost' ? 'gitlab-registry.conf' : 'registry/config.yml';
  const source = expected.line === undefined ? expected.from : `${expected.from}, gitlab.rb:${expected.line}`;
  return `${name}${line === undefined ? '' : `:${line}`} ${key} is ${actual ?? 'missing'}, but ${source} says ${expected.value}`;
}
