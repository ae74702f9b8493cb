import type { Fault } from './fault.js';

/** What puma serves to people and to clients; the API of the same GitLab still answers. */
const PAGES = /^GET \/(?:users\/sign_in|jwt\/auth)/;

export const gitlabWeb502: Fault = {
  id: 'gitlab-web-502',
  breaks: "GitLab's pages and its token endpoint answer 502: nobody gets a token",
  link: 'token realm',
  apply: async (_, gitlab) => {
    gitlab.fail(PAGES, 502, Number.POSITIVE_INFINITY);
    return async () => gitlab.clearFaults();
  },
};
