import { type Fault, watchLog } from './fault.js';
import { replaceCertificate } from './other-certificate.js';

export const keyOfOtherCertificate: Fault = {
  id: 'key-of-other-certificate',
  breaks: 'nothing yet: the key does not belong to the certificate, nginx refuses to reload and goes on as it was',
  link: 'TLS',
  apply: async (host) => {
    const logged = await watchLog(host, 'nginx/error.log');
    const restore = await replaceCertificate(host, { name: 'other-key' }, ['key']);
    await host.ctl(['hup', 'nginx']);
    await logged('key values mismatch');
    return async () => {
      await restore();
      await host.ctl(['hup', 'nginx']);
      await host.waitUntilHealthy();
    };
  },
};
