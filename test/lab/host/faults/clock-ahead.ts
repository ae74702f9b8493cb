import { untilTokenRefused } from './client.js';
import type { Fault } from './fault.js';

const HOUR_MS = 3_600_000;

export const clockAhead: Fault = {
  id: 'clock-ahead',
  breaks: "GitLab's clock is an hour ahead: its tokens are not valid yet",
  link: 'token realm',
  apply: async (host, gitlab) => {
    gitlab.clockSkewMs = HOUR_MS;
    await untilTokenRefused(host, gitlab);
    return async () => {
      gitlab.clockSkewMs = 0;
    };
  },
};
