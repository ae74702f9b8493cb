import { mustRun } from '../process.js';
import type { Fault } from './fault.js';

export const storageNotWritable: Fault = {
  id: 'storage-not-writable',
  breaks: 'the registry may not write to its storage: every upload is a 500',
  unavailable: () => (process.getuid?.() === 0 ? 'root may write everywhere' : undefined),
  apply: async (host) => {
    await mustRun('chmod', ['-R', 'a-w', host.files.storage]);
    return async () => void (await mustRun('chmod', ['-R', 'u+w', host.files.storage]));
  },
};
