import { type Check, fail, pass, skipped, warn } from './check.js';
import { HEALTHY } from './sample.js';

/** Codes that mean that Registrar's own machine has no such network. */
const OWN_LACK = ['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** Does the registry's name resolve where Registrar runs, and does each of its addresses answer, IPv6 too? */
export const dns = {
  id: 'dns',
  asks: 'Does the registry’s name resolve, to addresses that answer?',
  link: 'DNS',
  explains: ['endpoint', 'tls', 'scheme'],
  needs: ['reach', 'target'],
  judge({ reach: { addresses, silent = [], stopped }, target }) {
    const name = hostOf(target.registryUrl);
    if (stopped?.at === 'name')
      return fail(
        `${name} does not resolve where Registrar runs (${stopped.code})`,
        'add the name to the DNS zone, or correct registry_external_url',
      );
    const mute = silent.filter(({ code }) => !OWN_LACK.includes(code));
    if (mute.length > 0)
      return warn(
        `${name} is ${addresses.join(', ')}; ${mute.map(({ address, code }) => `${address} does not answer (${code})`).join(', ')}: clients that take it wait in vain or fail`,
        mute.every(({ address }) => address.includes(':'))
          ? "let nginx listen on IPv6 too (registry_nginx['listen_addresses'] = ['*', '[::]']), or take the AAAA record away"
          : 'take the address out of the DNS zone, or bring its machine back',
      );
    return addresses.length === 0 ? skipped('nothing was resolved') : pass(`${name} is ${addresses.join(', ')}`);
  },
  examples: [
    { given: {}, is: 'pass', under: 'registry.example.com is 192.0.2.10' },
    {
      given: { reach: { ...HEALTHY.reach, addresses: [], stopped: { at: 'name', code: 'ENOTFOUND' } } },
      is: 'fail',
      under: 'does not resolve where Registrar runs (ENOTFOUND)',
    },
    {
      given: {
        reach: {
          ...HEALTHY.reach,
          addresses: ['192.0.2.10', '2001:db8::10'],
          silent: [{ address: '2001:db8::10', code: 'ECONNREFUSED' }],
        },
      },
      is: 'warn',
      under: '2001:db8::10 does not answer (ECONNREFUSED)',
    },
    {
      given: { reach: { ...HEALTHY.reach, silent: [{ address: '2001:db8::10', code: 'ENETUNREACH' }] } },
      is: 'pass',
      under: '192.0.2.10',
    },
  ],
} as const satisfies Check<'reach' | 'target'>;

/** The name in a URL; an IPv6 address without its brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
