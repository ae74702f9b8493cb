import type { Host } from '../host.js';
import { mustRun } from '../process.js';
import { registryUser } from '../services.js';
import { untilUpload } from './client.js';
import { type Fault, forgetErrors } from './fault.js';

export const storageNotWritable: Fault = {
  id: 'storage-not-writable',
  breaks: 'the registry may not write to its storage: every upload is a 500',
  link: 'storage',
  apply: async (host, gitlab) => {
    await shutStorage(host, true);
    await untilUpload(host, gitlab, 'a 500', ({ status }) => status === 500);
    return async () => {
      await shutStorage(host, false);
      await forgetErrors(host);
    };
  },
};

/** Nobody's folder is shut by its mode; where root has everything it is given to root, as a careless copy does. */
export const shutStorage = async ({ files: { storage } }: Host, shut: boolean): Promise<void> => {
  const user = registryUser();
  if (user === undefined) await mustRun('chmod', ['-R', shut ? 'a-w' : 'u+w', storage]);
  else await mustRun('chown', ['-R', shut ? 'root:root' : `${user}:nogroup`, storage]);
};
