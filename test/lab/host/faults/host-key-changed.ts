import type { Fault } from './fault.js';

export const hostKeyChanged: Fault = {
  id: 'host-key-changed',
  breaks: "sshd shows another host key than the one that is known (a new machine, or somebody's in between)",
  link: undefined,
  apply: async (host) => {
    await host.sshd.restartWithKey('other');
    return () => host.sshd.restartWithKey('first');
  },
};
