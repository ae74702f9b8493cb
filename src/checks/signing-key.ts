import { type Check, fail, pass, skipped } from './check.js';
import { LEEWAY_SECONDS } from './clock.js';
import { HEALTHY } from './sample.js';

const FIX =
  'make the hosts share one gitlab-secrets.json, then gitlab-ctl reconfigure on each and gitlab-ctl restart registry: the key pair and the issuer must be the same on both sides';

/**
 * Does the registry trust what GitLab signs: the key pair, the issuer, the service? Proven by a token that is shown to
 * the registry; where it refuses, the times on both sides and the host's files tell why.
 */
export const signingKey = {
  id: 'signing-key',
  asks: 'Does the registry trust GitLab’s signature?',
  link: 'token realm',
  explains: ['upload', 'image'],
  needs: ['accepted', 'handshake'],
  judge({ accepted: { status, challenge, date }, handshake }) {
    if (status === 200) return pass('the registry takes a token of GitLab’s');
    if (status !== 401) return skipped(`the registry answered ${status}`);
    const issued = handshake.is === 'granted' ? handshake.issuedAt : undefined;
    const ahead = issued === undefined || date === undefined ? 0 : Math.round((issued - date) / 1000);
    if (Math.abs(ahead) >= LEEWAY_SECONDS)
      return fail(
        `the registry refuses a token that GitLab just signed: GitLab's clock is ${Math.abs(ahead)} s ${ahead < 0 ? 'behind' : 'ahead of'} the registry's`,
        'timedatectl set-ntp true on the machine whose clock is wrong (date -u on both tells)',
      );
    return fail(
      `the registry refuses a token that GitLab just signed (${challenge?.error ?? '401'}): another key, issuer or service, or clocks that differ`,
      FIX,
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'takes a token' },
    {
      given: { accepted: { status: 401, ms: 1, challenge: { realm: 'https://x/jwt/auth', error: 'invalid_token' } } },
      is: 'fail',
      under: 'refuses a token that GitLab just signed (invalid_token)',
    },
    {
      given: {
        accepted: { status: 401, ms: 1, date: HEALTHY.now },
        handshake: { is: 'granted', token: '', access: [], issuedAt: HEALTHY.now + 3_600_000 },
      },
      is: 'fail',
      under: "GitLab's clock is 3600 s ahead of the registry's",
    },
    { given: { accepted: { status: 502, ms: 1 } }, is: 'skipped', under: '502' },
  ],
} as const satisfies Check<'accepted' | 'handshake'>;
