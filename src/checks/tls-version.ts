import { type Check, pass, warn } from './check.js';

/** Are the old protocols refused? Source: RFC 8996. */
export const tlsVersion = {
  id: 'tls-version',
  asks: 'Are old TLS versions refused?',
  link: 'TLS',
  needs: ['oldTls'],
  judge({ oldTls }) {
    if (oldTls.length === 0) return pass('nothing older than TLS 1.2');
    return warn(
      `the registry's address still takes ${oldTls.join(' and ')}`,
      "registry_nginx['ssl_protocols'] = 'TLSv1.2 TLSv1.3' in gitlab.rb, then gitlab-ctl reconfigure",
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'TLS 1.2' },
    { given: { oldTls: ['TLSv1', 'TLSv1.1'] }, is: 'warn', under: 'takes TLSv1 and TLSv1.1' },
  ],
} as const satisfies Check<'oldTls'>;
