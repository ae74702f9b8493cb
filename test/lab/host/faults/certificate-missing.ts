import { rename } from 'node:fs/promises';
import { restartUnwatched } from '../services.js';
import { type Fault, untilRefused, watchLog } from './fault.js';

export const certificateMissing: Fault = {
  id: 'certificate-missing',
  breaks: "the registry's certificate is gone: nginx does not start, and GitLab's page is down with it",
  link: 'TLS',
  apply: async (host) => {
    const certificate = `${host.files.ssl}/registry.crt`;
    const logged = await watchLog(host, 'nginx/error.log');
    await rename(certificate, `${certificate}.gone`);
    await restartUnwatched(host.root, 'nginx');
    await untilRefused(host);
    await logged('cannot load certificate');
    return async () => {
      await rename(`${certificate}.gone`, certificate);
      await restartUnwatched(host.root, 'nginx');
      await host.waitUntilHealthy();
    };
  },
};
