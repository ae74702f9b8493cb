import { freePort } from '../process.js';
import { editSettings, type Fault, untilRefused } from './fault.js';

export const reconfigureForgotten: Fault = {
  id: 'reconfigure-forgotten',
  breaks: 'gitlab.rb names a new port, but nobody ran reconfigure: nothing listens there',
  link: undefined,
  apply: async (host) => {
    const port = await freePort();
    const undo = await editSettings(host, (source) =>
      source.replace(/^(registry_external_url '.*):\d+'$/m, `$1:${port}'`),
    );
    await untilRefused(host);
    return undo;
  },
};
