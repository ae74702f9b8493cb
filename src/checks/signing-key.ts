import { type Check, fail, pass, skipped } from './check.js';

const FIX =
  'make the hosts share one gitlab-secrets.json, then gitlab-ctl reconfigure on each and gitlab-ctl restart registry: the key pair and the issuer must be the same on both sides';

/**
 * Does the registry trust what GitLab signs: the key pair, the issuer, the service? Proven by a token that is shown to
 * the registry; where it refuses, the host's files tell why.
 */
export const signingKey = {
  id: 'signing-key',
  asks: 'Does the registry trust GitLab’s signature?',
  link: 'token realm',
  explains: ['upload', 'image'],
  needs: ['accepted'],
  judge({ accepted: { status, challenge } }) {
    if (status === 200) return pass('the registry takes a token of GitLab’s');
    if (status !== 401) return skipped(`the registry answered ${status}`);
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
    { given: { accepted: { status: 502, ms: 1 } }, is: 'skipped', under: '502' },
  ],
} as const satisfies Check<'accepted'>;
