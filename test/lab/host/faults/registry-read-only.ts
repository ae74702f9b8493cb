import { untilUpload } from './client.js';
import { editRegistryConfig, type Fault } from './fault.js';

export const registryReadOnly: Fault = {
  id: 'registry-read-only',
  breaks: 'the registry was left in read-only mode after a garbage collection: every push is a 405',
  link: 'storage',
  apply: async (host, gitlab) => {
    const undo = await editRegistryConfig(host, (yaml) =>
      yaml.replace(/^storage: \{/m, 'storage: {"maintenance":{"readonly":{"enabled":true}},'),
    );
    await host.waitUntilHealthy();
    await untilUpload(host, gitlab, 'a 405', ({ status }) => status === 405);
    return undo;
  },
};
