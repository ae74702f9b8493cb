import { type Check, fail, pass, skipped, warn } from './check.js';
import { HEALTHY } from './sample.js';

/**
 * Does the registry send clients to this GitLab for their tokens, under the right service name and scheme?
 *
 * Source: omnibus-samples: realm is token_realm (else external_url, word for word) and /jwt/auth; the service name
 * is fixed.
 */
export const realm = {
  id: 'realm',
  asks: 'Does the registry send clients to GitLab for their tokens?',
  link: 'token realm',
  explains: ['handshake', 'rights'],
  needs: ['ping', 'target'],
  judge({ ping, target }) {
    const { challenge } = ping;
    if (challenge === undefined) return skipped('the registry gave no challenge');
    const fix = `set external_url '${target.gitlabUrl}' (and no other registry['token_realm']) in gitlab.rb, then gitlab-ctl reconfigure`;
    if (!URL.canParse(challenge.realm)) return fail(`the realm "${challenge.realm.slice(0, 100)}" is no URL`, fix);
    const given = new URL(challenge.realm);
    const own = new URL(target.gitlabUrl);
    if (given.username !== '' || given.password !== '')
      return fail('the realm names a user or a password, which everybody can read who asks for /v2/', fix);
    if (given.host !== own.host) return fail(`the realm is at ${given.host}, GitLab at ${own.host}`, fix);
    if (given.protocol !== own.protocol)
      return fail(
        `the realm is ${given.protocol}//, GitLab ${own.protocol}//: clients lose their credentials in the redirect`,
        fix,
      );
    if (!given.pathname.endsWith('/jwt/auth')) return fail(`the realm's path is ${given.pathname}, not /jwt/auth`, fix);
    if (given.pathname.includes('//'))
      return warn(
        `the realm has a double slash: ${challenge.realm}`,
        'drop the slash at the end of external_url, then gitlab-ctl reconfigure',
      );
    if (challenge.service !== undefined && challenge.service !== 'container_registry') {
      return fail(
        `the service is called "${challenge.service}": GitLab knows container_registry only`,
        'undo the change of auth.token.service in registry/config.yml: gitlab-ctl reconfigure',
      );
    }
    return pass(challenge.realm);
  },
  examples: [
    { given: {}, is: 'pass', under: 'https://gitlab.example.com/jwt/auth' },
    {
      given: { ping: { ...HEALTHY.ping, challenge: { realm: 'https://old.example.com/jwt/auth' } } },
      is: 'fail',
      under: 'at old.example.com',
    },
    {
      given: { ping: { ...HEALTHY.ping, challenge: { realm: 'http://gitlab.example.com/jwt/auth' } } },
      is: 'fail',
      under: 'lose their credentials',
    },
    {
      given: { ping: { ...HEALTHY.ping, challenge: { realm: HEALTHY.ping.challenge?.realm ?? '', service: 'x' } } },
      is: 'fail',
      under: '"x"',
    },
    {
      given: { ping: { ...HEALTHY.ping, challenge: { realm: 'https://bot:s3cret@gitlab.example.com/jwt/auth' } } },
      is: 'fail',
      under: 'names a user or a password',
    },
    {
      given: { ping: { ...HEALTHY.ping, challenge: { realm: 'http://169.254.169.254/latest/jwt/auth' } } },
      is: 'fail',
      under: 'at 169.254.169.254',
    },
    { given: { ping: { status: 502, ms: 1 } }, is: 'skipped', under: 'no challenge' },
  ],
} as const satisfies Check<'ping' | 'target'>;
