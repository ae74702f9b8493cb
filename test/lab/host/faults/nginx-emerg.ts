import { restartUnwatched } from '../services.js';
import { editFile, type Fault, untilRefused, watchLog } from './fault.js';

export const nginxEmerg: Fault = {
  id: 'nginx-emerg',
  breaks: 'a bad line in the vhost keeps nginx from starting ([emerg] in its log)',
  link: 'nginx',
  apply: async (host) => {
    const logged = await watchLog(host, 'nginx/error.log');
    const restore = await editFile(host.files.vhost, (vhost) =>
      vhost.replace('chunked_transfer_encoding on;', 'chunked_transfer_encodng on;'),
    );
    await restartUnwatched(host.root, 'nginx');
    await untilRefused(host);
    await logged('[emerg]');
    return async () => {
      await restore();
      await restartUnwatched(host.root, 'nginx');
      await host.waitUntilHealthy();
    };
  },
};
