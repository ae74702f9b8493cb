import { isCrashing } from '../host/gitlab-ctl.js';
import type { HostSnapshot } from '../host/snapshot.js';
import { type Check, fail, pass, skipped, warn } from './check.js';
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
  explains: ['endpoint', 'web', 'tls', 'realm-reach', 'gitlab'],
  needs: ['host'],
  judge({ host }) {
    const state = host.status.find(({ name }) => name === 'nginx');
    if (state === undefined) return skipped('the bundled nginx is not enabled on this host');
    if (state.is === 'no-access') return skipped('gitlab-ctl status needs root: set sudo: true for this host');
    const refused = refusalOf(host);
    const fix =
      refused === undefined
        ? 'gitlab-ctl start nginx; if it stays down, gitlab-ctl tail nginx names the line that it refuses'
        : 'mend that line, or let gitlab-ctl reconfigure write the file anew; then gitlab-ctl start nginx';
    const because = refused === undefined ? '' : `; it refuses: ${refused}`;
    const again = host.statusAgain.find(({ name }) => name === 'nginx') ?? state;
    if (isCrashing(state, again)) {
      return fail(`nginx dies and is started again: "${again.line}"${because}`, fix);
    }
    if (again.is !== 'run') return fail(`nginx is down: "${again.line}"${because}`, fix);
    if (host.nginxTest?.ok === false)
      return warn(
        `nginx runs with what it read before, and would not start again: ${refused ?? host.nginxTest.said}; GitLab's own page would be down with it`,
        'mend that line before anybody restarts nginx: gitlab-ctl reconfigure writes the file anew',
      );
    return pass(`runs (pid ${again.pid ?? '?'})`);
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
    {
      given: {
        host: sampleHost({
          status: 'down: nginx: 1s, normally up, want up',
          emerg: ['2026-01-01_00:00:00.1 nginx: [emerg] host not found in upstream "registry.internal" in /x.conf:63'],
        }),
      },
      is: 'fail',
      under: 'it refuses: host not found in upstream "registry.internal" in /x.conf:63',
    },
    {
      given: {
        host: sampleHost({
          nginxTest: { ok: false, said: 'nginx: [emerg] unknown directive "foo" in /x.conf:3\ntest failed' },
        }),
      },
      is: 'warn',
      under: 'would not start again: unknown directive "foo" in /x.conf:3',
    },
    { given: { host: sampleHost({ status: '' }) }, is: 'skipped', under: 'not enabled' },
  ],
} as const satisfies Check<'host'>;

/** nginx's own words for what it refuses: by its test of the files as they are, else by the end of its log. */
function refusalOf({ nginxTest, emerg }: HostSnapshot): string | undefined {
  const lines = nginxTest === undefined ? emerg : nginxTest.ok ? [] : nginxTest.said.split('\n');
  return lines.findLast((line) => line.includes('[emerg]'))?.replace(/^.*?\[emerg\] (?:\d+#\d+: )?/, '');
}
