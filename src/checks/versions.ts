import { atLeast } from '../host/render/settings.js';
import { type Check, pass, skipped, warn } from './check.js';
import { HEALTHY, sampleHost } from './sample.js';

interface Bad {
  from: string;
  /** The first version without it. */
  until: string;
  what: string;
  fix: string;
}

/**
 * Versions in which the registry is known to fail. Source: container-registry issue 1776 and merge request 2729
 * (lock files enforced from 18.5 on, taken back in 18.7, repaired by themselves since 18.8).
 */
const BAD: readonly Bad[] = [
  {
    from: '18.5',
    until: '18.7',
    what: 'after an import into the metadata database, wrong lock files may keep the registry from starting',
    fix: "upgrade to 18.8 or newer; until then registry['env'] = { 'REGISTRY_FF_ENFORCE_LOCKFILES' => false }",
  },
];

/** What GitLab offers only with its own registry. Source: docs.gitlab.com, "Use an external container registry". */
const LACKING =
  'a third party’s registry: no garbage collection while it runs, no protected or immutable tags, no sizes, no renaming of projects with images';

/** Do GitLab, the package on the host and the registry fit each other, and are they known to work? */
export const versions = {
  id: 'versions',
  asks: 'Do the versions fit each other?',
  needs: ['gitlab', 'host', 'ping'],
  judge({ gitlab: { version }, host, ping }) {
    const installed = host.version;
    // Told by a header that only GitLab's own sends.
    const registry = ping.gitlabVersion === undefined ? LACKING : `registry ${ping.gitlabVersion}`;
    const said = ping.apiVersion === undefined ? `GitLab ${version}` : `GitLab ${version}, ${registry}`;
    if (installed !== undefined && !isSameMinor(installed, version))
      return warn(
        `the host has GitLab ${installed}, the API says ${version}: after an upgrade something was not restarted, or the host is another instance's`,
        'gitlab-ctl reconfigure and gitlab-ctl restart, or correct hosts of Registrar’s configuration',
      );
    const usesDatabase = (host.database?.lockfiles ?? []).includes('database-in-use');
    const bad = BAD.find(({ from, until }) => usesDatabase && atLeast(version, from) && !atLeast(version, until));
    if (bad !== undefined) return warn(`${said}: ${bad.what}`, bad.fix);
    return installed === undefined ? skipped(`${said}; the host did not tell its package's version`) : pass(said);
  },
  examples: [
    { given: {}, is: 'pass', under: 'GitLab 18.11.0, registry 4.41.0-gitlab' },
    {
      given: { ping: { status: 401, apiVersion: 'registry/2.0', ms: 1 } },
      is: 'pass',
      under: 'no protected or immutable tags',
    },
    { given: { gitlab: { ...HEALTHY.gitlab, version: '18.9.1' } }, is: 'warn', under: 'the API says 18.9.1' },
    {
      given: {
        gitlab: { ...HEALTHY.gitlab, version: '18.6.2' },
        host: sampleHost({ version: '18.6.2', database: { lockfiles: ['database-in-use'], hasImages: true } }),
      },
      is: 'warn',
      under: 'lock files',
    },
    { given: { host: sampleHost() }, is: 'skipped', under: 'did not tell' },
  ],
} as const satisfies Check<'gitlab' | 'host' | 'ping'>;

function isSameMinor(one: string, other: string): boolean {
  const minor = (version: string) => /^\d+\.\d+/.exec(version)?.[0];
  return minor(one) === minor(other);
}
