import type { Fault } from './fault.js';

export const tokensShortLived: Fault = {
  id: 'tokens-short-lived',
  breaks: "the registry's tokens live a minute: an upload that takes longer is refused at its end",
  link: 'token realm',
  apply: async (_, gitlab) => {
    const before = gitlab.tokenTtlSeconds;
    gitlab.tokenTtlSeconds = 60;
    return async () => {
      gitlab.tokenTtlSeconds = before;
    };
  },
};
