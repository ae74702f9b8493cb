import { writeFile } from 'node:fs/promises';
import { untilUpload } from './client.js';
import { type Fault, forgetErrors } from './fault.js';
import { cannotMount, mountOverStorage } from './mount.js';

const INODES = 16;

export const storageOutOfInodes: Fault = {
  id: 'storage-out-of-inodes',
  breaks: 'there is room where the blobs are, but no inode is left: every upload is a 500',
  link: 'storage',
  unavailable: cannotMount,
  apply: async (host, gitlab) => {
    const unmount = await mountOverStorage(host, `nr_inodes=${INODES},size=1m`);
    // One of them is the folder itself.
    for (let file = 1; file < INODES; file++) await writeFile(`${host.files.storage}/${file}`, '');
    await untilUpload(host, gitlab, 'a 500', ({ status }) => status === 500);
    return async () => {
      await unmount();
      await forgetErrors(host);
    };
  },
};
