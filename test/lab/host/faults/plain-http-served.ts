import { editVhost, type Fault, untilProbe } from './fault.js';

export const plainHttpServed: Fault = {
  id: 'plain-http-served',
  breaks: 'the vhost listens without ssl: plain http is spoken at an https address',
  link: 'TLS',
  apply: async (host) => {
    const undo = await editVhost(host, (vhost) => vhost.replace(/^( *listen \S+) ssl;$/m, '$1;'));
    await untilProbe(host, 'a failed TLS handshake', ({ error }) => error !== undefined);
    return undo;
  },
};
