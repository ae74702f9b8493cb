import { isCrashing } from '../host/gitlab-ctl.js';
import { type Check, fail, pass, skipped, warn } from './check.js';
import { sampleHost } from './sample.js';

/**
 * Does the registry's process run, and stay up?
 *
 * One look is not enough: a crash loop shows as `run: … 0s` each time, with another pid. The decision is by the
 * text, not by the exit status, which differs between patched and plain runit.
 * Source: runit's sv; omnibus-samples of `gitlab-ctl status`.
 */
export const running = {
  id: 'running',
  asks: 'Does the registry run?',
  link: 'registry',
  explains: ['endpoint', 'backend', 'upload', 'image'],
  needs: ['host'],
  judge({ host }) {
    const first = host.status.find(({ name }) => name === 'registry');
    const second = host.statusAgain.find(({ name }) => name === 'registry') ?? first;
    if (first === undefined || second === undefined) {
      return skipped('gitlab-ctl status prints no line for the registry: it is not enabled');
    }
    const lastError = host.registryErrors.at(-1);
    const logged = lastError === undefined ? '' : `; its log ends: ${lastError.slice(0, 300)}`;
    if (first.is === 'no-access') return skipped('gitlab-ctl status needs root: set sudo: true for this host');
    if (first.is === 'fail')
      return fail(`"${first.line}": nothing supervises the registry`, 'systemctl restart gitlab-runsvdir');
    if (isCrashing(first, second)) {
      return fail(
        `the registry crashes and is started again: "${second.line}"${logged}`,
        'gitlab-ctl tail registry shows why; mend that, then gitlab-ctl restart registry',
      );
    }
    if (second.is === 'down')
      return fail(`the registry is stopped: "${second.line}"${logged}`, 'gitlab-ctl start registry');
    if (second.notes.includes('paused'))
      return fail(`the registry is paused: "${second.line}"`, 'gitlab-ctl restart registry');
    if (second.notes.includes('normally down')) {
      return warn(`the registry runs, but would not start by itself: "${second.line}"`, 'gitlab-ctl reconfigure');
    }
    return pass(`up for ${age(second.seconds ?? 0)} (pid ${second.pid ?? '?'})`);
  },
  examples: [
    { given: {}, is: 'pass', under: 'up for 15 min' },
    {
      given: { host: sampleHost({ status: 'down: registry: 312s, normally up; run: log: (pid 9) 400s' }) },
      is: 'fail',
      under: 'down: registry: 312s',
    },
    {
      given: {
        host: sampleHost({
          status: 'run: registry: (pid 71) 0s; run: log: (pid 9) 400s',
          again: 'run: registry: (pid 75) 0s; run: log: (pid 9) 401s',
        }),
      },
      is: 'fail',
      under: 'crashes',
    },
    {
      given: { host: sampleHost({ status: 'run: registry: (pid 71) 8s, normally down' }) },
      is: 'warn',
      under: 'normally down',
    },
    {
      given: { host: sampleHost({ status: 'fail: registry: runsv not running' }) },
      is: 'fail',
      under: 'runsv not running',
    },
    {
      given: { host: sampleHost({ status: 'warning: registry: unable to open supervise/ok: access denied' }) },
      is: 'skipped',
      under: 'root',
    },
    { given: { host: sampleHost({ status: '' }) }, is: 'skipped', under: 'not enabled' },
  ],
} as const satisfies Check<'host'>;

function age(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
