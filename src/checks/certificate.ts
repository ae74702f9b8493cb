import { type CertificateFacts, type Check, fail, pass, skipped, type Verdict, warn } from './check.js';
import { hostOf } from './dns.js';
import { HEALTHY } from './sample.js';

const { tls: _, ...UNSHOWN } = HEALTHY.reach;

/**
 * Are the certificate and key that nginx is told to use there, do they belong together, and is it the one that is
 * shown? A renewed file is shown only after a reload; and what keeps nginx from starting breaks nothing while it runs.
 */
export const certificate = {
  id: 'certificate',
  asks: 'Are certificate and key on the host, a pair, and in use?',
  link: 'TLS',
  explains: ['nginx', 'tls', 'endpoint'],
  needs: ['certificates', 'reach', 'target'],
  judge({ certificates: { served }, reach, target }) {
    if (served === undefined) return skipped('the vhost names no certificate');
    const { path } = served;
    const host = hostOf(target.registryUrl);
    const refuses = (because: string, fix: string): Verdict =>
      reach.tls === undefined
        ? fail(`${because}: nginx refuses to start`, fix)
        : warn(`${because}: nginx shows what it read before, and refuses to reload or to start again`, fix);
    if ('absent' in served) {
      if (served.absent === 'unreadable')
        return refuses(`${path} holds no certificate, or can't be read`, `openssl x509 -noout -in ${path} on the host`);
      const byDefault =
        path === `/etc/gitlab/ssl/${host}.crt` && host !== hostOf(target.gitlabUrl)
          ? `; it is the default place, for ${host} is not GitLab's own name`
          : '';
      return refuses(
        `there is no ${path}${byDefault}`,
        `put the certificate there, or name another with registry_nginx['ssl_certificate'] and registry_nginx['ssl_certificate_key'], then gitlab-ctl reconfigure`,
      );
    }
    if (served.key === 'missing')
      return refuses(
        `the key of ${path} is missing`,
        `put it where ssl_certificate_key of gitlab-registry.conf says, or correct registry_nginx['ssl_certificate_key']`,
      );
    if (served.keyMatches === false)
      return refuses(
        `the key does not belong to the certificate ${path}`,
        `put the certificate and the key that were made together there, then gitlab-ctl hup nginx`,
      );
    const shown = reach.tls?.fingerprint;
    if (shown !== undefined && shown !== '' && shown !== served.fingerprint)
      return warn(
        `${path} is not the certificate that the registry shows: it was renewed without a reload, or something else answers there`,
        'gitlab-ctl hup nginx; if it stays so, a proxy in front of this host ends TLS',
      );
    return pass(`${path}, for ${served.names.join(', ') || served.subject}`);
  },
  examples: [
    { given: {}, is: 'pass', under: 'registry.example.com.crt, for registry.example.com' },
    {
      given: {
        certificates: { served: { path: '/etc/gitlab/ssl/registry.example.com.crt', absent: 'missing' } },
        reach: { ...UNSHOWN, stopped: { at: 'connection', code: 'ECONNREFUSED' } },
      },
      is: 'fail',
      under: "it is the default place, for registry.example.com is not GitLab's own name",
    },
    {
      given: { certificates: { served: { path: '/x.crt', absent: 'unreadable' } } },
      is: 'warn',
      under: '/x.crt holds no',
    },
    { given: served({ keyMatches: false }), is: 'warn', under: 'refuses to reload or to start again' },
    { given: { ...served({ keyMatches: false }), reach: UNSHOWN }, is: 'fail', under: 'does not belong' },
    { given: { ...served({ key: 'missing' }), reach: UNSHOWN }, is: 'fail', under: 'key of /etc' },
    { given: served({ fingerprint: 'BB:BB' }), is: 'warn', under: 'renewed without a reload' },
    { given: { certificates: {} }, is: 'skipped', under: 'no certificate' },
  ],
} as const satisfies Check<'certificates' | 'reach' | 'target'>;

function served(changes: Partial<CertificateFacts>) {
  const { served: healthy } = HEALTHY.certificates;
  if (healthy === undefined || 'absent' in healthy) throw new Error('the sample has a certificate');
  return { certificates: { served: { ...healthy, ...changes } } };
}
