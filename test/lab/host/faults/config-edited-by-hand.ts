import { freePort } from '../process.js';
import { editFile, type Fault, untilBadGateway } from './fault.js';

export const configEditedByHand: Fault = {
  id: 'config-edited-by-hand',
  breaks: 'config.yml was edited without reconfigure: the registry listens elsewhere, nginx answers 502',
  apply: async (host) => {
    const port = await freePort();
    const restore = await editFile(host.files.registryConfig, (yaml) =>
      yaml.replace(/^( {2}addr: [^:]*):\d+$/m, `$1:${port}`),
    );
    await host.ctl(['restart', 'registry']);
    await untilBadGateway(host);
    return async () => {
      await restore();
      await host.ctl(['restart', 'registry']);
      await host.waitUntilHealthy();
    };
  },
};
