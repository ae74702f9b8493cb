import { mustRun } from '../process.js';
import { untilUpload } from './client.js';
import { type Fault, forgetErrors } from './fault.js';
import { cannotMount, unmount } from './mount.js';

export const storageMountedReadOnly: Fault = {
  id: 'storage-mounted-read-only',
  breaks: 'the file system of the blobs is mounted read-only, as after an error of the disk: every upload is a 500',
  link: 'storage',
  unavailable: cannotMount,
  apply: async (host, gitlab) => {
    const { storage } = host.files;
    await mustRun('mount', ['--bind', storage, storage]);
    await mustRun('mount', ['-o', 'remount,bind,ro', storage]);
    await untilUpload(host, gitlab, 'a 500', ({ status }) => status === 500);
    return async () => {
      await unmount(storage);
      await forgetErrors(host);
    };
  },
};
