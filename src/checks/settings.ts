import type { Expected } from '../host/expected.js';
import { type Check, fail, pass, warn } from './check.js';
import { HEALTHY } from './sample.js';

/**
 * Does gitlab.rb say what its author meant? The mistakes that cost most: a scheme inside registry_http_addr, one
 * port for nginx and the registry, a URL that Registrar's configuration doesn't know.
 *
 * Source: omnibus-samples 07 and 10, measured with nginx 1.22 and registry 2.8.2.
 */
export const settings = {
  id: 'settings',
  asks: 'Does gitlab.rb make sense?',
  needs: ['intended', 'target'],
  judge({ intended, target }) {
    const [syntax] = intended.syntaxErrors;
    if (syntax !== undefined)
      return fail(
        `gitlab.rb:${syntax.line}: ${syntax.message}`,
        'mend the line; ruby -c /etc/gitlab/gitlab.rb checks it',
      );
    const { registryUrl, expected } = intended;
    const address = expected.find(({ key }) => key === 'http.addr');
    if (address !== undefined && /^https?:/.test(address.value)) {
      return fail(
        `${at(address)} has a scheme: ${address.value}; nginx and the registry both fail on it`,
        `registry['registry_http_addr'] = "${address.value.replace(/^https?:\/\//, '')}"`,
      );
    }
    if (registryUrl !== undefined && !/^https?:\/\/[^/]+\/?$/.test(registryUrl)) {
      return fail(
        `registry_external_url is ${registryUrl}: it takes a scheme and a host, and no path`,
        `registry_external_url '${target.registryUrl}'`,
      );
    }
    const port = expected.find(({ key }) => key === 'listen port');
    if (port !== undefined && address?.value.endsWith(`:${port.value}`)) {
      return fail(
        `nginx and the registry are both to listen on port ${port.value} (${at(address)}): whichever starts second fails`,
        `registry['registry_http_addr'] = "127.0.0.1:5000", or another port that is free`,
      );
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
    { given: withAddress('http://127.0.0.1:5000'), is: 'fail', under: 'has a scheme' },
    { given: withAddress('127.0.0.1:5050'), is: 'fail', under: 'port 5050' },
    {
      given: { intended: { ...HEALTHY.intended, registryUrl: 'https://registry.example.com:5060' } },
      is: 'warn',
      under: ':5060',
    },
    {
      given: { intended: { ...HEALTHY.intended, syntaxErrors: [{ line: 3, message: 'unterminated string' }] } },
      is: 'fail',
      under: 'gitlab.rb:3',
    },
  ],
} as const satisfies Check<'intended' | 'target'>;

function at({ from, line }: Expected): string {
  return line === undefined ? from : `${from} (gitlab.rb:${line})`;
}

function normal(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

function withAddress(value: string) {
  const from = "registry['registry_http_addr']";
  return {
    intended: {
      ...HEALTHY.intended,
      expected: [
        { file: 'registry-config' as const, key: 'http.addr', value, from, line: 4 },
        { file: 'vhost' as const, key: 'listen port', value: '5050', from: 'registry_external_url', line: 2 },
      ],
    },
  };
}
