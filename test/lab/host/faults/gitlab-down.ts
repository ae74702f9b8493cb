import type { Fault } from './fault.js';

export const gitlabDown: Fault = {
  id: 'gitlab-down',
  breaks: 'GitLab refuses connections: nobody gets a token',
  link: 'token realm',
  apply: async (_, gitlab) => {
    await gitlab.pause();
    return () => gitlab.resume();
  },
};
