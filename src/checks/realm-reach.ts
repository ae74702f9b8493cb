import { type Check, fail, pass, skipped } from './check.js';
import { HEALTHY, SAMPLE_TLS } from './sample.js';
import { shownCertificate, wordsOf } from './tls.js';

/** Do clients reach the place where they get their tokens, and do they trust its certificate? */
export const realmReach = {
  id: 'realm-reach',
  asks: 'Can clients reach GitLab’s token endpoint, and trust it?',
  link: 'token realm',
  explains: ['web', 'gitlab', 'handshake'],
  needs: ['realmReach', 'target'],
  judge({ realmReach: { stopped, tls, speaks, scheme, addresses }, target }) {
    const url = target.gitlabUrl;
    if (stopped?.at === 'name')
      return fail(
        `${new URL(url).hostname} does not resolve (${stopped.code})`,
        'add the name to the DNS zone, or correct external_url',
      );
    if (speaks !== undefined)
      return fail(
        `${url} speaks ${speaks === 'http' ? 'plain http' : 'TLS'}, not ${scheme}`,
        'correct external_url, then gitlab-ctl reconfigure',
      );
    if (stopped !== undefined)
      return fail(`${url} can't be reached (${stopped.code})`, 'gitlab-ctl status nginx puma on GitLab’s host');
    if (tls?.error !== undefined)
      return fail(
        `${url}: ${wordsOf(tls.error)} (${shownCertificate(tls)}): clients get no token`,
        "put a certificate for GitLab's own name at nginx['ssl_certificate'], then gitlab-ctl reconfigure",
      );
    return addresses.length === 0 ? skipped('nothing was resolved') : pass(`${url} is at ${addresses.join(', ')}`);
  },
  examples: [
    { given: {}, is: 'pass', under: 'https://gitlab.example.com is at 192.0.2.20' },
    {
      given: { realmReach: { ...HEALTHY.realmReach, stopped: { at: 'name', code: 'ENOTFOUND' } } },
      is: 'fail',
      under: 'does not resolve',
    },
    {
      given: { realmReach: { ...HEALTHY.realmReach, stopped: { at: 'connection', code: 'ECONNREFUSED' } } },
      is: 'fail',
      under: "can't be reached (ECONNREFUSED)",
    },
    {
      given: { realmReach: { ...HEALTHY.realmReach, tls: { ...SAMPLE_TLS, error: 'CERT_HAS_EXPIRED' } } },
      is: 'fail',
      under: 'has expired',
    },
    {
      given: { realmReach: { ...HEALTHY.realmReach, speaks: 'http' } },
      is: 'fail',
      under: 'speaks plain http, not https',
    },
  ],
} as const satisfies Check<'realmReach' | 'target'>;
