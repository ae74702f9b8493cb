import type { Fault } from './fault.js';

export const registryOffInGitlab: Fault = {
  id: 'registry-off-in-gitlab',
  breaks: 'GitLab believes that it has no registry: its token endpoint answers 404',
  link: 'token realm',
  apply: async (host, gitlab) => {
    gitlab.setRegistry(undefined);
    return async () => gitlab.setRegistry(host.registryUrl);
  },
};
