import { appendFile } from 'node:fs/promises';
import { untilUpload } from './client.js';
import { type Fault, forgetErrors } from './fault.js';
import { cannotMount, mountOverStorage } from './mount.js';

export const storageFull: Fault = {
  id: 'storage-full',
  breaks: 'no byte is left where the blobs are: every upload is a 500',
  link: 'storage',
  unavailable: cannotMount,
  apply: async (host, gitlab) => {
    const unmount = await mountOverStorage(host, 'size=256k');
    const fill = () => appendFile(`${host.files.storage}/filling`, Buffer.alloc(4096));
    for (let room = true; room; ) room = await fill().then(() => true, isFull);
    await untilUpload(host, gitlab, 'a 500', ({ status }) => status === 500);
    return async () => {
      await unmount();
      await forgetErrors(host);
    };
  },
};

/** The error that it is about ends the filling; another one is one of the lab. */
const isFull = (error: NodeJS.ErrnoException): false => {
  if (error.code !== 'ENOSPC') throw error;
  return false;
};
