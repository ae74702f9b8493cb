import { type Check, fail, pass, skipped } from './check.js';
import { sampleHost } from './sample.js';

/** May the registry's own user write where its blobs are, and is the file system mounted for it? */
export const storageRights = {
  id: 'storage-rights',
  asks: 'May the registry write to its storage?',
  link: 'storage',
  explains: ['upload', 'image', 'errors'],
  needs: ['host'],
  judge({ host: { disk, writable } }) {
    if (disk?.readOnly === true)
      return fail(
        `${disk.path} is on a file system that is mounted read-only`,
        'dmesg shows why (an error of the disk makes it so); then mount it for writing again',
      );
    if (writable === undefined)
      return skipped('the host could not try it: the look needs root, or blobs are elsewhere');
    const [first] = writable.not;
    if (first !== undefined)
      return fail(
        `the user ${writable.user} may not write to ${writable.not.length === 1 ? '' : `${writable.not.length} folders, first `}${first}`,
        `chown -R ${writable.user}: ${disk?.path ?? 'the folder'} on the host; gitlab-ctl reconfigure sets the top folder right`,
      );
    return pass(`the user ${writable.user} may write to ${disk?.path ?? 'its storage'}`);
  },
  examples: [
    { given: {}, is: 'pass', under: 'the user registry may write to /var/opt/gitlab' },
    {
      given: { host: sampleHost({ writable: { user: 'registry', not: ['root:root 755 /srv/registry'] } }) },
      is: 'fail',
      under: 'the user registry may not write to root:root 755 /srv/registry',
    },
    {
      given: { host: sampleHost({ disk: { path: '/srv', totalBytes: 9, freeBytes: 9, readOnly: true } }) },
      is: 'fail',
      under: 'read-only',
    },
    { given: { host: sampleHost() }, is: 'skipped', under: 'needs root' },
  ],
} as const satisfies Check<'host'>;
