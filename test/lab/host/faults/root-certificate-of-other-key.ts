import path from 'node:path';
import { makeSigningPair } from '../../gitlab/keys.js';
import { untilTokenRefused } from './client.js';
import { editFile, type Fault } from './fault.js';

export const rootCertificateOfOtherKey: Fault = {
  id: 'root-certificate-of-other-key',
  breaks: "the registry's rootcertbundle is another GitLab's: every token is refused",
  link: 'token realm',
  apply: async (host, gitlab) => {
    const { certificatePem } = await makeSigningPair();
    const restore = await editFile(path.join(host.files.registry, 'gitlab-registry.crt'), () => certificatePem);
    await host.ctl(['restart', 'registry']);
    await host.waitUntilHealthy();
    await untilTokenRefused(host, gitlab);
    return async () => {
      await restore();
      await host.ctl(['restart', 'registry']);
      await host.waitUntilHealthy();
    };
  },
};
