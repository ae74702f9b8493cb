import type { GitlabYml } from '../host/seen.js';
import { type Check, pass, skipped, warn } from './check.js';
import { HEALTHY, sampleHost } from './sample.js';

/** Large layers take minutes: a token that dies before is refused at the end of the upload. Minutes. */
const SHORT = 5;

/**
 * Does GitLab itself believe what is true of its registry: that it is on, where it is, and how long tokens live? Source:
 * gitlab.yml as reconfigure writes it; GET /application/settings.
 */
export const gitlabSettings = {
  id: 'gitlab-settings',
  asks: 'Does GitLab know its registry?',
  link: 'token realm',
  needs: ['host', 'gitlab', 'target'],
  judge({ host: { gitlabYml }, gitlab: { tokenMinutes, imagePrefix }, target }) {
    if (gitlabYml?.enabled === false)
      return warn(
        'gitlab.yml says that the registry is disabled: GitLab shows no registry and gives no tokens',
        "gitlab_rails['registry_enabled'] = true in gitlab.rb, then gitlab-ctl reconfigure",
      );
    const own = new URL(target.registryUrl);
    const told = imagePrefix?.split('/')[0] ?? addressOf(gitlabYml);
    if (told !== undefined && !isSame(told, own))
      return warn(
        `GitLab tells its users ${told} as the registry's address, which is ${own.host}: images are tagged for the wrong place`,
        "drop gitlab_rails['registry_host'] and ['registry_port'] from gitlab.rb, or correct registry_external_url; then gitlab-ctl reconfigure",
      );
    if (tokenMinutes !== undefined && tokenMinutes < SHORT)
      return warn(
        `the registry's tokens live ${tokenMinutes} minutes: uploads that take longer are refused at their end`,
        'Admin → Settings → CI/CD → Container registry → Authorization token duration: 5 minutes or more',
      );
    if (gitlabYml === undefined && tokenMinutes === undefined && imagePrefix === undefined)
      return skipped('neither gitlab.yml nor the settings of the instance could be read');
    return pass(
      [
        told === undefined ? undefined : `it tells ${told}`,
        tokenMinutes === undefined ? undefined : `tokens live ${tokenMinutes} minutes`,
        gitlabYml?.newProjects === false ? 'new projects have no registry' : undefined,
      ]
        .filter(Boolean)
        .join('; ') || 'the registry is enabled',
    );
  },
  examples: [
    { given: {}, is: 'pass', under: 'it tells registry.example.com:5050; tokens live 5 minutes' },
    { given: { host: sampleHost({ gitlabYml: { enabled: false } }) }, is: 'warn', under: 'disabled' },
    {
      given: { host: sampleHost({ gitlabYml: { newProjects: false } }) },
      is: 'pass',
      under: 'new projects have no registry',
    },
    {
      given: { host: sampleHost({ gitlabYml: { host: 'registry.example.com', port: 8443 } }) },
      is: 'warn',
      under: 'tells its users registry.example.com:8443',
    },
    { given: { gitlab: { ...HEALTHY.gitlab, tokenMinutes: 1 } }, is: 'warn', under: 'live 1 minutes' },
    {
      given: { host: sampleHost(), gitlab: { version: '18.11.0', tokenScopes: ['api'] } },
      is: 'skipped',
      under: 'neither',
    },
  ],
} as const satisfies Check<'host' | 'gitlab' | 'target'>;

function addressOf(yml: GitlabYml | undefined): string | undefined {
  if (yml?.host === undefined) return undefined;
  return yml.port === undefined ? yml.host : `${yml.host}:${yml.port}`;
}

function isSame(told: string, { hostname, port, protocol }: URL): boolean {
  const usual = protocol === 'https:' ? '443' : '80';
  const [, name, at] = /^(.*?)(?::(\d+))?$/.exec(told) ?? [];
  return name === hostname && (at ?? usual) === (port || usual);
}
