import type { Fault } from './fault.js';

export const sshRefused: Fault = {
  id: 'ssh-refused',
  breaks: 'sshd is not running, its port refuses connections',
  link: undefined,
  apply: async (host) => {
    await host.sshd.stop();
    return () => host.sshd.start();
  },
};
