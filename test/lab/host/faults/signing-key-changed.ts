import { untilTokenRefused } from './client.js';
import type { Fault } from './fault.js';

export const signingKeyChanged: Fault = {
  id: 'signing-key-changed',
  breaks: 'GitLab signs with a key that the registry was never told about: every token is refused',
  link: 'token realm',
  apply: async (host, gitlab) => {
    gitlab.breakSigningKey();
    await untilTokenRefused(host, gitlab);
    return async () => gitlab.restoreSigningKey();
  },
};
