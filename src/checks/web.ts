import { type Check, fail, pass, warn } from './check.js';
import { HEALTHY } from './sample.js';

/** Does GitLab itself answer? Without it no client gets a token, whatever the registry does. */
export const web = {
  id: 'web',
  asks: 'Does GitLab’s own page answer?',
  link: 'token realm',
  explains: ['gitlab', 'handshake'],
  needs: ['web', 'target'],
  missing: (need, why) =>
    need === 'web'
      ? fail(`GitLab's page does not answer: ${why}`, 'gitlab-ctl status nginx puma on GitLab’s host')
      : { is: 'skipped', because: why },
  judge({ web: { status, to, ms }, target }) {
    if (status >= 500)
      return fail(
        `GitLab's page answers ${status}: nginx runs, GitLab behind it does not answer`,
        'gitlab-ctl status puma; gitlab-ctl tail puma; after a restart it takes a minute or two',
      );
    const own = new URL(target.gitlabUrl).origin;
    if (to !== undefined && to !== own)
      return warn(
        `GitLab's page sends visitors from ${own} to ${to}: credentials are lost on the way`,
        `write external_url and gitlab.url of Registrar's configuration alike`,
      );
    return pass(`the sign-in page answers ${status}, in ${Math.round(ms)} ms`);
  },
  examples: [
    { given: {}, is: 'pass', under: 'answers 200' },
    { given: { web: { status: 502, ms: 1 } }, is: 'fail', under: 'answers 502' },
    {
      given: { web: { ...HEALTHY.web, status: 301, to: 'https://new.example.com' } },
      is: 'warn',
      under: 'new.example.com',
    },
  ],
} as const satisfies Check<'web' | 'target'>;
