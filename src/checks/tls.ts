import type { Reach } from '../registry/reach.js';
import type { TlsFacts } from '../registry/tls.js';
import { type Check, fail, pass, skipped, warn } from './check.js';
import { HEALTHY, SAMPLE_TLS } from './sample.js';

/** Time that a person needs to renew a certificate without haste. Days. */
const WARN_DAYS = 21;
const DAY_MS = 86_400_000;

const WORDS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet: compare the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain ends in an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the server sends no intermediate certificate, or its issuer is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for other names',
};

/** Days before the end at which whoever knows of it is told again. */
const STAGES = [WARN_DAYS, 7, 1];

/** Is the certificate that the registry shows one that clients accept: chain, name, dates? */
export const tls = {
  id: 'tls',
  asks: 'Will clients accept the certificate?',
  link: 'TLS',
  explains: ['endpoint'],
  needs: ['reach', 'target', 'now'],
  judge({ reach: { scheme, tls, stopped }, target, now }) {
    if (scheme === 'http') return skipped('the registry is exposed over plain http');
    if (tls === undefined) {
      if (stopped?.at === 'tls')
        return fail(
          `no TLS handshake (${stopped.code})`,
          'look at listen and ssl_certificate in gitlab-registry.conf; gitlab-ctl tail nginx',
        );
      return skipped(`no connection (${stopped?.code ?? 'none was made'})`);
    }
    const shown = shownCertificate(tls);
    if (tls.error !== undefined) {
      const host = new URL(target.registryUrl).hostname;
      return fail(
        `${wordsOf(tls.error)} (${shown})`,
        `put a certificate for ${host} with its chain at registry_nginx['ssl_certificate'] and its key at registry_nginx['ssl_certificate_key'], then gitlab-ctl reconfigure; a private authority goes to ca: of Registrar's configuration and to /etc/docker/certs.d of every client`,
      );
    }
    const days = Math.floor((tls.validTo - now) / DAY_MS);
    if (days < WARN_DAYS)
      return warn(`the certificate expires in ${days} days (${shown})`, 'renew it, then gitlab-ctl hup nginx', {
        stage: STAGES.filter((stage) => days < stage).length,
      });
    return pass(`${tls.protocol}, ${shown}`);
  },
  examples: [
    { given: {}, is: 'pass', under: 'TLSv1.3' },
    { given: seen({ error: 'CERT_HAS_EXPIRED' }), is: 'fail', under: 'has expired' },
    {
      given: seen({ error: 'ERR_TLS_CERT_ALTNAME_INVALID', names: ['other.example.com'] }),
      is: 'fail',
      under: 'for other.example.com',
    },
    { given: seen({ validTo: HEALTHY.now + 5 * DAY_MS }), is: 'warn', under: 'in 5 days' },
    {
      given: { reach: { ...HEALTHY.reach, scheme: 'http' } },
      is: 'skipped',
      under: 'plain http',
    },
    { given: { reach: stoppedAt('tls', 'ECONNRESET') }, is: 'fail', under: 'no TLS handshake (ECONNRESET)' },
    { given: { reach: stoppedAt('connection', 'ECONNREFUSED') }, is: 'skipped', under: 'ECONNREFUSED' },
  ],
} as const satisfies Check<'reach' | 'target' | 'now'>;

function seen(tls: Partial<TlsFacts>) {
  return { reach: { ...HEALTHY.reach, tls: { ...SAMPLE_TLS, ...tls } } };
}

function stoppedAt(at: 'connection' | 'tls', code: string): Reach {
  const { tls: _, ...reach } = HEALTHY.reach;
  return { ...reach, stopped: { at, code } };
}

/** OpenSSL's code as a clause. */
export function wordsOf(code: string): string {
  return WORDS[code] ?? code;
}

/** Whose certificate it is, for which names, until when. */
export function shownCertificate({ subject, issuer, names, validTo }: TlsFacts): string {
  const until = Number.isNaN(validTo) ? '' : `, until ${new Date(validTo).toISOString().slice(0, 10)}`;
  return `${subject}, by ${issuer}, for ${names.join(', ') || 'no name'}${until}`;
}
