import type { Fault } from './fault.js';
import { sendTo } from './other-realm.js';

export const realmOfOtherHost: Fault = {
  id: 'realm-of-other-host',
  breaks: 'the registry sends clients for their tokens to a host that is not GitLab',
  link: 'token realm',
  apply: (host) => sendTo(host, 'https://old.example.com/jwt/auth'),
};
