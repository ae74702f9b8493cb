import { beginUpload, untilUpload } from './client.js';
import { type Fault, forgetErrors } from './fault.js';
import { shutStorage } from './storage-not-writable.js';

const UPLOADS = 8;

export const errorBurst: Fault = {
  id: 'error-burst',
  breaks: 'nothing any more: the storage was shut for a moment, and some uploads of the last minutes were a 500',
  link: undefined,
  apply: async (host, gitlab) => {
    await shutStorage(host, true);
    await untilUpload(host, gitlab, 'a 500', ({ status }) => status === 500);
    for (let upload = 1; upload < UPLOADS; upload++) await beginUpload(host, gitlab);
    await shutStorage(host, false);
    await untilUpload(host, gitlab, 'a 202', ({ status }) => status === 202);
    return () => forgetErrors(host);
  },
};
