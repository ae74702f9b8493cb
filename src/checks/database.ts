import { textIn } from '../host/registry-config.js';
import type { DatabaseSeen } from '../host/seen.js';
import { type Check, fail, pass, skipped, warn } from './check.js';
import { sampleHost } from './sample.js';

const IMPORT = 'https://docs.gitlab.com/administration/packages/container_registry_metadata_database/';

/**
 * Does the metadata database fit what is in the storage? The registry notes in a lock file of its storage which of the
 * two holds the metadata, and refuses to start against the other; `prefer` takes whichever the lock file names.
 *
 * Source: docs.gitlab.com, "Container registry metadata database"; container-registry issues 1335 and 1776.
 */
export const database = {
  id: 'database',
  asks: 'Does the metadata database fit the storage?',
  link: 'storage',
  explains: ['running', 'endpoint', 'backend', 'upload', 'image'],
  needs: ['host'],
  judge({ host: { registryConfig, database: seen, registryErrors } }) {
    if (registryConfig === undefined || !('text' in registryConfig))
      return skipped('registry/config.yml could not be read');
    const mode = textIn(registryConfig, 'database', 'enabled') ?? 'false';
    const waits = registryErrors.some((line) => line.includes('pending database migrations'));
    if (waits || (seen?.pending ?? 0) > 0)
      return fail(
        `the metadata database has ${seen?.pending === undefined ? 'pending migrations' : `${seen.pending} pending migrations`}: the registry does not start with them`,
        'gitlab-ctl registry-database migrate up, then gitlab-ctl restart registry',
      );
    if (seen === undefined)
      return mode === 'false' ? pass('metadata are kept in the storage') : skipped('the storage is not on this host');
    return fits(mode, seen);
  },
  examples: [
    { given: {}, is: 'pass', under: 'kept in the storage' },
    {
      given: { host: seenWith('true', { lockfiles: ['filesystem-in-use'], hasImages: true }) },
      is: 'fail',
      under: 'was not imported',
    },
    {
      given: { host: seenWith('false', { lockfiles: ['database-in-use'], hasImages: true }) },
      is: 'fail',
      under: 'switched off',
    },
    {
      given: { host: seenWith('prefer', { lockfiles: ['filesystem-in-use'], hasImages: true }) },
      is: 'pass',
      under: 'falls back',
    },
    {
      given: { host: seenWith('prefer', { lockfiles: ['database-in-use'], hasImages: true, filled: false }) },
      is: 'fail',
      under: 'is empty',
    },
    { given: { host: seenWith('prefer', { lockfiles: [], hasImages: true }) }, is: 'warn', under: 'no lock file' },
    {
      given: { host: seenWith('true', { lockfiles: ['database-in-use'], hasImages: true, pending: 3 }) },
      is: 'fail',
      under: '3 pending',
    },
    {
      given: { host: seenWith('true', { lockfiles: ['database-in-use'], hasImages: true, filled: true }) },
      is: 'pass',
      under: 'in the database',
    },
    { given: { host: sampleHost() }, is: 'skipped', under: 'could not be read' },
  ],
} as const satisfies Check<'host'>;

function fits(mode: string, { lockfiles, hasImages, filled }: DatabaseSeen) {
  const inFiles = lockfiles.includes('filesystem-in-use');
  const inDatabase = lockfiles.includes('database-in-use');
  if (mode === 'false')
    return inDatabase
      ? fail(
          'the database is switched off, but it holds the metadata (lock file database-in-use): the registry does not start, or shows no images',
          "registry['database'] = { 'enabled' => true } in gitlab.rb, then gitlab-ctl reconfigure",
        )
      : pass('metadata are kept in the storage');
  if (mode === 'true' && inFiles && !inDatabase)
    return fail(
      'the database is switched on, but what the storage holds was not imported (lock file filesystem-in-use): the registry does not start',
      `gitlab-ctl registry-database import, as in ${IMPORT}; or registry['database'] = { 'enabled' => false } until then`,
    );
  if (hasImages && filled === false && !inFiles)
    return fail(
      `the database (mode ${mode}) is empty, but the storage holds images: nobody sees them`,
      `gitlab-ctl registry-database import, as in ${IMPORT}`,
    );
  if (mode === 'prefer' && inFiles)
    return pass('mode prefer falls back to the storage, which holds the metadata (lock file filesystem-in-use)');
  if (mode === 'prefer' && hasImages && !inDatabase)
    return warn(
      'mode prefer, images in the storage, and no lock file: what the registry takes at its next start is not decided',
      `restart it in a quiet hour and look which lock file it writes; ${IMPORT} tells of the import`,
    );
  return pass(`metadata are kept in the database (mode ${mode})`);
}

function seenWith(mode: string, database: DatabaseSeen) {
  return sampleHost({
    database,
    registryConfig: { path: '/c', text: `database:\n  enabled: ${mode === 'true' ? 'true' : `"${mode}"`}\n` },
  });
}
