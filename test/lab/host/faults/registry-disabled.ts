import { editSettings, type Fault, untilRefused } from './fault.js';

export const registryDisabled: Fault = {
  id: 'registry-disabled',
  breaks: "registry['enable'] = false: no service, no vhost; the old config.yml stays behind",
  link: 'registry',
  apply: async (host) => {
    const undo = await editSettings(host, (source) => `${source}registry['enable'] = false\n`);
    await host.reconfigure();
    await untilRefused(host);
    return undo;
  },
};
