import { restartUnwatched } from '../services.js';
import { editFile, type Fault, untilBadGateway, watchLog } from './fault.js';

export const registryCrashLoop: Fault = {
  id: 'registry-crash-loop',
  breaks: 'the registry dies at every start (address without a port), runit starts it again each second',
  link: 'registry',
  apply: async (host) => {
    const logged = await watchLog(host, 'registry/current');
    const restore = await editFile(host.files.registryConfig, (yaml) => yaml.replace(/^( {2}addr: [^:]*):\d+$/m, '$1'));
    await restartUnwatched(host.root, 'registry');
    await untilBadGateway(host);
    await logged('missing port in address');
    return async () => {
      await restore();
      await restartUnwatched(host.root, 'registry');
      await host.waitUntilHealthy();
    };
  },
};
