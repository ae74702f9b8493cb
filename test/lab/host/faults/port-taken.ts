import { once } from 'node:events';
import { createServer } from 'node:net';
import { restartUnwatched } from '../services.js';
import { type Fault, untilBadGateway, watchLog } from './fault.js';

export const portTaken: Fault = {
  id: 'port-taken',
  breaks: "another program listens at the registry's address: the registry dies at every start",
  link: 'registry',
  apply: async (host) => {
    const logged = await watchLog(host, 'registry/current');
    await host.ctl(['stop', 'registry']);
    const squatter = createServer((socket) => socket.destroy());
    squatter.listen(Number(new URL(`http://${host.backendAddr}`).port), '127.0.0.1');
    await once(squatter, 'listening');
    await restartUnwatched(host.root, 'registry');
    await logged('address already in use');
    await untilBadGateway(host);
    return async () => {
      squatter.close();
      await once(squatter, 'close');
      await restartUnwatched(host.root, 'registry');
      await host.waitUntilHealthy();
    };
  },
};
