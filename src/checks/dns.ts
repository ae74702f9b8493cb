import { type Check, fail, pass } from './check.js';

/** Does the registry's name resolve where Registrar runs? The host's own view belongs to the settings. */
export const dns = {
  id: 'dns',
  asks: 'Does the registry’s name resolve?',
  link: 'DNS',
  needs: ['addresses', 'target'],
  missing: (need, why) =>
    need === 'addresses'
      ? fail(why, 'add the name to the DNS zone, or correct registry_external_url')
      : { is: 'skipped', because: why },
  judge: ({ addresses, target }) => pass(`${new URL(target.registryUrl).hostname} is ${addresses.join(', ')}`),
  examples: [{ given: { addresses: ['192.0.2.10', '2001:db8::10'] }, is: 'pass', under: '192.0.2.10, 2001:db8::10' }],
} as const satisfies Check<'addresses' | 'target'>;
