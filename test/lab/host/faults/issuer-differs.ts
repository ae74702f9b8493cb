import { untilTokenRefused } from './client.js';
import { editRegistryConfig, type Fault } from './fault.js';

export const issuerDiffers: Fault = {
  id: 'issuer-differs',
  breaks: 'the registry expects another issuer than GitLab signs as: every token is refused',
  link: 'token realm',
  apply: async (host, gitlab) => {
    const undo = await editRegistryConfig(host, (yaml) => yaml.replace(/^( {4}issuer: ).*$/m, '$1gitlab-of-old'));
    await host.waitUntilHealthy();
    await untilTokenRefused(host, gitlab);
    return undo;
  },
};
