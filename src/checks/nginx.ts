import { isCrashing } from '../host/gitlab-ctl.js';
import { type Check, fail, pass, skipped } from './check.js';
import { sampleHost } from './sample.js';

/**
 * Does the bundled nginx run? One bad line in the registry's vhost keeps all of it down, GitLab's page included.
 *
 * Source: omnibus-samples, "what goes wrong, measured".
 */
export const nginx = {
  id: 'nginx',
  asks: 'Does nginx run?',
  link: 'nginx',
  needs: ['host'],
  judge({ host }) {
    const state = host.status.find(({ name }) => name === 'nginx');
    if (state === undefined) return skipped('the bundled nginx is not enabled on this host');
    if (state.is === 'no-access') return skipped('gitlab-ctl status needs root: set sudo: true for this host');
    const again = host.statusAgain.find(({ name }) => name === 'nginx') ?? state;
    if (isCrashing(state, again)) {
      return fail(
        `nginx dies and is started again: "${again.line}"`,
        'gitlab-ctl tail nginx: an [emerg] line names the file and line that it refuses',
      );
    }
    if (again.is === 'run') return pass(`runs (pid ${again.pid ?? '?'})`);
    return fail(
      `nginx is down: "${again.line}"`,
      'gitlab-ctl start nginx; if it stays down, gitlab-ctl tail nginx names the line that it refuses',
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'pid 11' },
    {
      given: { host: sampleHost({ status: 'down: nginx: 4s, normally up; run: log: (pid 9) 400s' }) },
      is: 'fail',
      under: 'down: nginx',
    },
    {
      given: { host: sampleHost({ status: 'run: nginx: (pid 9) 0s', again: 'run: nginx: (pid 12) 0s' }) },
      is: 'fail',
      under: 'started again',
    },
    {
      given: { host: sampleHost({ status: 'run: nginx: (pid 9) 0s', again: 'run: nginx: (pid 9) 2s' }) },
      is: 'pass',
      under: 'pid 9',
    },
    { given: { host: sampleHost({ status: '' }) }, is: 'skipped', under: 'not enabled' },
  ],
} as const satisfies Check<'host'>;
