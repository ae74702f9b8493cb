import { freePort } from '../process.js';
import { editRegistryConfig, type Fault, untilBadGateway } from './fault.js';

export const configEditedByHand: Fault = {
  id: 'config-edited-by-hand',
  breaks: 'config.yml was edited without reconfigure: the registry listens elsewhere, nginx answers 502',
  // The registry is well where it listens; the way to it is what broke.
  link: 'nginx',
  apply: async (host) => {
    const port = await freePort();
    const undo = await editRegistryConfig(host, (yaml) => yaml.replace(/^( {2}addr: [^:]*):\d+$/m, `$1:${port}`));
    await untilBadGateway(host);
    return undo;
  },
};
