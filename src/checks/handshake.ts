import { type Check, fail, pass } from './check.js';

/**
 * Does the token endpoint answer a real login? Asked with Registrar's own access token and no scope, as `docker
 * login` does, so nothing is refused and nothing is made.
 */
export const handshake = {
  id: 'handshake',
  asks: 'Does GitLab give out registry tokens?',
  link: 'token realm',
  explains: ['rights', 'signing-key'],
  needs: ['handshake'],
  missing: (_, why) =>
    /challenge|no registry/.test(why)
      ? { is: 'skipped', because: why }
      : fail(why, 'gitlab-ctl status puma; try the realm’s URL from the machine of a client'),
  judge({ handshake }) {
    if (handshake.is === 'granted') return pass('a login with Registrar’s own token was granted');
    if (handshake.status === 404)
      return fail(
        'GitLab answers 404: the registry is off for the whole instance',
        "gitlab_rails['registry_enabled'] = true in gitlab.rb, then gitlab-ctl reconfigure",
      );
    if (handshake.status >= 500)
      return fail(
        `GitLab answers ${handshake.status}: ${handshake.message}`,
        'gitlab-ctl status puma; gitlab-ctl tail puma; gitlab-ctl tail gitlab-rails',
      );
    return fail(
      `GitLab answers ${handshake.status}: ${handshake.message}`,
      'give Registrar’s token the scope api or read_registry; if it has one, gitlab-ctl tail gitlab-rails',
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'granted' },
    {
      given: { handshake: { is: 'refused', status: 404, code: 'UNAVAILABLE', message: 'registry not enabled' } },
      is: 'fail',
      under: 'off for the whole instance',
    },
    {
      given: { handshake: { is: 'refused', status: 403, message: 'access forbidden' } },
      is: 'fail',
      under: 'access forbidden',
    },
    {
      given: { handshake: { is: 'refused', status: 502, message: 'a web page instead of an answer' } },
      is: 'fail',
      under: 'GitLab answers 502',
    },
  ],
} as const satisfies Check<'handshake'>;
