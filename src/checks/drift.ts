import type { Finding } from '../lint/finding.js';
import { type Check, fail, pass, skipped, warn } from './check.js';
import { HEALTHY } from './sample.js';

/** So many are told; the others are counted. */
const TOLD = 4;

/**
 * Are the two generated files what gitlab.rb would make of them? A difference is an edit by hand (lost at the next
 * reconfigure) or a forgotten reconfigure.
 */
export const drift = {
  id: 'drift',
  asks: 'Do the generated files match gitlab.rb?',
  needs: ['lint'],
  judge({ lint: { findings, notes, compared } }) {
    const note = notes.length === 0 ? '' : `; ${notes.join('; ')}`;
    const [syntax] = findings.filter(({ id }) => id === 'files-syntax');
    if (syntax !== undefined) return fail(`${syntax.file}:${syntax.line ?? '?'}: ${syntax.why}`, syntax.fix);
    const different = findings.filter(({ id }) => id === 'drift');
    if (compared.length === 0) return skipped(`neither of the generated files could be read${note}`);
    if (different.length === 0) return pass(`${compared.join(' and ')} compared${note}`);
    const told = different.slice(0, TOLD).map(worded).join('; ');
    const more = different.length > TOLD ? `; and ${different.length - TOLD} more` : '';
    return warn(
      `${told}${more}${note}`,
      'put the value that is right into gitlab.rb, then gitlab-ctl reconfigure: it overwrites edits made by hand, and carries out what gitlab.rb says',
      { blames: different[0]?.file === 'registry/config.yml' ? 'registry' : 'nginx' },
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'config.yml and gitlab-registry.conf compared' },
    {
      given: {
        lint: {
          ...HEALTHY.lint,
          findings: [
            {
              id: 'drift',
              severity: 'warning',
              file: 'registry/config.yml',
              line: 9,
              key: 'http.addr',
              expected: '"127.0.0.1:5000"',
              actual: '"0.0.0.0:5001"',
              why: "it is not what registry['registry_http_addr'] (gitlab.rb:7) makes of it",
              fix: 'gitlab-ctl reconfigure',
            },
          ],
        },
      },
      is: 'warn',
      under:
        'registry/config.yml:9 http.addr is "0.0.0.0:5001", should be "127.0.0.1:5000": it is not what registry[\'registry_http_addr\'] (gitlab.rb:7)',
    },
    {
      given: {
        lint: {
          ...HEALTHY.lint,
          findings: [
            {
              id: 'files-syntax',
              severity: 'error',
              file: 'gitlab-registry.conf',
              line: 12,
              key: '',
              expected: null,
              actual: null,
              why: 'nginx can\'t read the line: unexpected "}"',
              fix: 'gitlab-ctl reconfigure writes the file anew',
            },
          ],
        },
      },
      is: 'fail',
      under: 'gitlab-registry.conf:12: nginx',
    },
    {
      given: { lint: { ...HEALTHY.lint, notes: ["gitlab.rb:3 registry['storage'] is computed"] } },
      is: 'pass',
      under: 'compared; gitlab.rb:3',
    },
    { given: { lint: { ...HEALTHY.lint, compared: [] } }, is: 'skipped', under: 'neither' },
  ],
} as const satisfies Check<'lint'>;

function worded({ file, line, key, expected, actual, why }: Finding): string {
  const at = `${file}${line === null ? '' : `:${line}`}`;
  return `${at} ${key} is ${actual ?? 'missing'}${expected === null ? '' : `, should be ${expected}`}: ${why}`;
}
