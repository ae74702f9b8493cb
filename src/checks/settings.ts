import type { Finding } from '../lint/finding.js';
import { type Check, fail, pass, warn } from './check.js';
import { HEALTHY } from './sample.js';

/** Findings about the generated files are the check `drift`'s. */
const OF_DRIFT = ['drift', 'files-syntax'];

/**
 * Does gitlab.rb say what its author meant? Every rule of `registrar lint`, and a URL that Registrar's configuration
 * doesn't know.
 */
export const settings = {
  id: 'settings',
  asks: 'Does gitlab.rb make sense?',
  explains: ['running', 'nginx', 'endpoint', 'backend', 'sockets'],
  needs: ['lint', 'target'],
  judge({ lint: { findings, registryUrl }, target }) {
    const own = findings.filter(({ id }) => !OF_DRIFT.includes(id));
    const worst = own.find(({ severity }) => severity === 'error') ?? own[0];
    if (worst !== undefined) {
      const more = own.length > 1 ? `; and ${own.length - 1} more: registrar lint tells all` : '';
      return (worst.severity === 'error' ? fail : warn)(`${worded(worst)}${more}`, worst.fix);
    }
    if (registryUrl !== undefined && normal(registryUrl) !== normal(target.registryUrl)) {
      return warn(
        `gitlab.rb exposes ${registryUrl}, Registrar's configuration says ${target.registryUrl}`,
        `registry.url: ${registryUrl} in registrar.yaml, if gitlab.rb is right; then rotate the deploy tokens that are older than the change`,
      );
    }
    return pass(
      registryUrl === undefined ? 'gitlab.rb leaves the registry to the package' : `exposed as ${registryUrl}`,
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'exposed as https://registry.example.com:5050' },
    { given: found('error'), is: 'fail', under: "gitlab.rb:3 registry['registry_http_addr'] is http://r:5001" },
    { given: found('warning'), is: 'warn', under: 'gitlab.rb:3' },
    {
      given: { lint: { ...HEALTHY.lint, registryUrl: 'https://registry.example.com:5060' } },
      is: 'warn',
      under: ':5060',
    },
  ],
} as const satisfies Check<'lint' | 'target'>;

function worded({ file, line, key, actual, why }: Finding): string {
  return `${file}:${line ?? '?'} ${key}${actual === null || key === '' ? '' : ` is ${actual}`}: ${why}`;
}

function normal(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

function found(severity: Finding['severity']) {
  const finding: Finding = {
    id: 'addr-with-scheme',
    severity,
    file: 'gitlab.rb',
    line: 3,
    key: "registry['registry_http_addr']",
    expected: 'r:5001',
    actual: 'http://r:5001',
    why: 'the address has a scheme',
    fix: 'registry[\'registry_http_addr\'] = "r:5001"',
  };
  return { lint: { ...HEALTHY.lint, findings: [finding] } };
}
