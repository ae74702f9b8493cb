import { type Fault, untilBadGateway } from './fault.js';

export const registryStopped: Fault = {
  id: 'registry-stopped',
  breaks: 'the registry service is down, nginx answers 502',
  link: 'registry',
  apply: async (host) => {
    await host.ctl(['stop', 'registry']);
    await untilBadGateway(host);
    return async () => {
      await host.ctl(['start', 'registry']);
      await host.waitUntilHealthy();
    };
  },
};
