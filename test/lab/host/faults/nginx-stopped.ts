import { type Fault, untilRefused } from './fault.js';

export const nginxStopped: Fault = {
  id: 'nginx-stopped',
  breaks: 'nginx is down, the public address refuses connections',
  link: 'nginx',
  apply: async (host) => {
    await host.ctl(['stop', 'nginx']);
    await untilRefused(host);
    return async () => {
      await host.ctl(['start', 'nginx']);
      await host.waitUntilHealthy();
    };
  },
};
