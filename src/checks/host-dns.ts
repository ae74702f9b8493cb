import { textIn } from '../host/registry-config.js';
import { type Check, fail, pass, skipped, warn } from './check.js';
import { hostOf } from './dns.js';
import { HEALTHY, sampleHost } from './sample.js';

/**
 * Do the names resolve on the host itself, and as they do for everybody else? nginx resolves the name in
 * registry_http_addr when it starts, the registry its own; a forgotten line of /etc/hosts misleads only the host.
 */
export const hostDns = {
  id: 'host-dns',
  asks: 'Do the names resolve on the host as they do elsewhere?',
  link: 'DNS',
  explains: ['nginx', 'running', 'endpoint', 'backend'],
  needs: ['host', 'reach', 'target'],
  judge({ host: { names, registryConfig }, reach, target }) {
    if (names.length === 0) return skipped('the host did not tell how it resolves names: it has no getent');
    const unknown = names.filter(({ name, addresses }) => addresses.length === 0 && !isAddress(name));
    const listens = textIn(registryConfig, 'http', 'addr')?.replace(/:\d+$/, '');
    const backend = unknown.find(({ name }) => name === listens);
    if (backend !== undefined)
      return fail(
        `on the host ${backend.name} does not resolve, which registry_http_addr names: neither the registry nor nginx starts with it`,
        `getent hosts ${backend.name} on the host; a line in /etc/hosts, or 127.0.0.1 in registry['registry_http_addr'], helps`,
      );
    const [first] = unknown;
    if (first !== undefined)
      return warn(
        `on the host ${unknown.map(({ name }) => name).join(' and ')} ${unknown.length === 1 ? 'does' : 'do'} not resolve: jobs and services there don't find what everybody else does`,
        `getent hosts ${first.name} on the host; a line in /etc/hosts helps`,
      );
    const own = names.find(({ name }) => name === hostOf(target.registryUrl));
    const elsewhere = reach.addresses;
    const listed = names.filter(({ hostsFile }) => hostsFile.length > 0);
    if (own !== undefined && elsewhere.length > 0 && own.addresses.every((one) => !elsewhere.includes(one))) {
      const line = own.hostsFile[0];
      const text = `on the host ${own.name} is ${own.addresses.join(', ')}, elsewhere ${elsewhere.join(', ')}`;
      if (line === undefined) return pass(`${text} (another view of the DNS)`);
      if (own.addresses.some(isLoopback)) return pass(`${text}: its /etc/hosts says "${line.trim()}"`);
      return warn(`${text}: its /etc/hosts says "${line.trim()}"`, `take the line out of /etc/hosts, or correct it`);
    }
    return pass(
      `${names.map(({ name }) => name).join(', ')}${listed.length === 0 ? '' : `; /etc/hosts has ${listed.map(({ name }) => name).join(', ')}`}`,
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'gitlab.example.com, registry.example.com' },
    {
      given: {
        host: sampleHost({
          names: [{ name: 'registry.internal', addresses: [], hostsFile: [] }],
          registryConfig: { path: '/c', text: 'http:\n  addr: registry.internal:5000\n' },
        }),
      },
      is: 'fail',
      under: 'registry.internal does not resolve, which registry_http_addr names',
    },
    {
      given: { host: sampleHost({ names: [{ name: 'gitlab.example.com', addresses: [], hostsFile: [] }] }) },
      is: 'warn',
      under: 'on the host gitlab.example.com does not resolve',
    },
    {
      given: {
        host: sampleHost({
          names: [
            {
              name: 'registry.example.com',
              addresses: ['198.51.100.7'],
              hostsFile: ['198.51.100.7 registry.example.com'],
            },
          ],
        }),
      },
      is: 'warn',
      under: 'elsewhere 192.0.2.10: its /etc/hosts says "198.51.100.7 registry.example.com"',
    },
    {
      given: {
        host: sampleHost({
          names: [
            { name: 'registry.example.com', addresses: ['127.0.1.1'], hostsFile: ['127.0.1.1 registry.example.com'] },
          ],
        }),
      },
      is: 'pass',
      under: '127.0.1.1',
    },
    { given: { host: sampleHost({ names: [] }) }, is: 'skipped', under: 'getent' },
    {
      given: {
        host: sampleHost({ names: [{ name: 'registry.example.com', addresses: ['10.0.0.7'], hostsFile: [] }] }),
        reach: HEALTHY.reach,
      },
      is: 'pass',
      under: 'another view of the DNS',
    },
  ],
} as const satisfies Check<'host' | 'reach' | 'target'>;

function isAddress(name: string): boolean {
  return /^[\d.]+$|:/.test(name);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
