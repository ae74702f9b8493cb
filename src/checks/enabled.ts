import { type Check, fail, pass, skipped } from './check.js';
import { sampleHost } from './sample.js';

/**
 * Is the registry a service of this host at all? GitLab's page shows its tab either way.
 *
 * Source: `gitlab-ctl service-list`: `registry*` is enabled, `registry` was switched off, no line: it never was on.
 */
export const enabled = {
  id: 'enabled',
  asks: 'Is the registry switched on?',
  link: 'registry',
  explains: ['running', 'endpoint', 'backend', 'tls', 'certificate'],
  needs: ['host', 'target'],
  judge({ host, target }) {
    if (host.gitlabCtlMissing) return skipped('the host has no gitlab-ctl: it is no omnibus installation');
    const state = host.services.get('registry');
    if (state === true) return pass('gitlab-ctl service-list shows registry*');
    const fix = `set registry_external_url '${target.registryUrl}' in /etc/gitlab/gitlab.rb, then gitlab-ctl reconfigure`;
    if (state === false) return fail('gitlab-ctl service-list shows registry without *: it was switched off', fix);
    if (host.services.size === 0) return skipped('gitlab-ctl service-list printed nothing');
    return fail('gitlab-ctl service-list does not know the registry: it was never switched on', fix);
  },
  examples: [
    { given: {}, is: 'pass', under: 'registry*' },
    { given: { host: sampleHost({ list: 'nginx*\nregistry' }) }, is: 'fail', under: 'switched off' },
    { given: { host: sampleHost({ list: 'nginx*' }) }, is: 'fail', under: 'never switched on' },
    { given: { host: sampleHost({ list: '' }) }, is: 'skipped', under: 'printed nothing' },
  ],
} as const satisfies Check<'host' | 'target'>;
