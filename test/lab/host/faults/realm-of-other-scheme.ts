import type { Fault } from './fault.js';
import { sendTo } from './other-realm.js';

export const realmOfOtherScheme: Fault = {
  id: 'realm-of-other-scheme',
  breaks: "the registry sends clients for their tokens to GitLab's address by another scheme than GitLab's",
  link: 'token realm',
  apply: (host, gitlab) => {
    const realm = new URL('/jwt/auth', gitlab.url);
    realm.protocol = realm.protocol === 'http:' ? 'https:' : 'http:';
    return sendTo(host, realm.href);
  },
};
