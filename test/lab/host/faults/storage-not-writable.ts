import { mustRun } from '../process.js';
import { registryUser } from '../services.js';
import type { Fault } from './fault.js';

export const storageNotWritable: Fault = {
  id: 'storage-not-writable',
  breaks: 'the registry may not write to its storage: every upload is a 500',
  apply: async (host) => {
    const { storage } = host.files;
    const user = registryUser();
    // Nobody's folder is shut by its mode; where root has everything it is given to root, as a careless copy does.
    const change = (shut: boolean) =>
      user === undefined
        ? mustRun('chmod', ['-R', shut ? 'a-w' : 'u+w', storage])
        : mustRun('chown', ['-R', shut ? 'root:root' : `${user}:nogroup`, storage]);
    await change(true);
    return async () => void (await change(false));
  },
};
