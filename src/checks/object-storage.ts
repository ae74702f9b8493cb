import { storageDriver } from '../host/registry-config.js';
import { type Check, fail, pass, skipped } from './check.js';
import { HEALTHY, sampleHost } from './sample.js';

/**
 * Does the object store answer, asked from the host? Without credentials: a refusal is an answer. A registry that does
 * not reach it at its start dies; later its health check has it answer 503.
 */
export const objectStorage = {
  id: 'object-storage',
  asks: 'Does the object store answer?',
  link: 'storage',
  explains: ['running', 'endpoint', 'backend', 'upload', 'image', 'errors'],
  needs: ['host'],
  judge({ host: { objectStore, registryConfig } }) {
    if (objectStore === undefined) {
      const driver = storageDriver(registryConfig);
      return driver === undefined || driver === 'filesystem' || driver === 'inmemory'
        ? pass('blobs are on the host’s own disk')
        : skipped(`the driver ${driver} names no address that could be asked`);
    }
    const { url, status, error } = objectStore;
    if (status === undefined)
      return fail(
        `${url} does not answer on the host: ${error ?? ''}`,
        "curl -I it on the host: a firewall, a proxy (registry['env']), the DNS, or a wrong regionendpoint in registry['storage']",
      );
    if (status >= 500)
      return fail(`${url} answers ${status}`, 'look at the object store itself; then gitlab-ctl restart registry');
    return pass(`${url} answers ${status}`);
  },
  examples: [
    { given: { host: HEALTHY.host }, is: 'pass', under: 'own disk' },
    {
      given: { host: sampleHost({ objectStore: { url: 'https://s3.example.com', status: 403, headers: {} } }) },
      is: 'pass',
      under: 'answers 403',
    },
    {
      given: {
        host: sampleHost({
          objectStore: { url: 'https://s3.example.com', headers: {}, error: 'curl: (28) timed out' },
        }),
      },
      is: 'fail',
      under: 'curl: (28)',
    },
    {
      given: { host: sampleHost({ objectStore: { url: 'https://s3.example.com', status: 503, headers: {} } }) },
      is: 'fail',
      under: 'answers 503',
    },
    {
      given: { host: sampleHost({ registryConfig: { path: '/c', text: 'storage: {"swift":{}}\n' } }) },
      is: 'skipped',
      under: 'swift',
    },
  ],
} as const satisfies Check<'host'>;
