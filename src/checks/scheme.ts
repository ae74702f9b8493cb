import { type Check, fail, pass } from './check.js';
import { HEALTHY } from './sample.js';

/** Does the port speak what the URL says: TLS for https, and nothing of the kind for http? */
export const scheme = {
  id: 'scheme',
  asks: 'Does the port speak what the URL says?',
  link: 'TLS',
  explains: ['tls', 'endpoint'],
  needs: ['reach', 'target'],
  judge({ reach: { speaks, scheme: said }, target }) {
    if (speaks === undefined) return pass(`${said}, as in ${target.registryUrl}`);
    return fail(
      `${target.registryUrl} speaks ${speaks === 'http' ? 'plain http' : 'TLS'}: clients fail with "${speaks === 'http' ? 'server gave HTTP response to HTTPS client' : 'Client sent an HTTP request to an HTTPS server'}"`,
      speaks === 'http'
        ? "compare registry_external_url with listen in gitlab-registry.conf; registry_nginx['listen_https'] = false is right only behind a proxy that ends TLS"
        : 'write https:// in registry_external_url and in registry.url of Registrar’s configuration, then gitlab-ctl reconfigure',
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'https, as in' },
    { given: { reach: { ...HEALTHY.reach, speaks: 'http' } }, is: 'fail', under: 'speaks plain http' },
    { given: { reach: { ...HEALTHY.reach, scheme: 'http', speaks: 'https' } }, is: 'fail', under: 'speaks TLS' },
  ],
} as const satisfies Check<'reach' | 'target'>;
