import { waitFor } from '../process.js';
import { editFile, type Fault } from './fault.js';

/** A body that announces more than the limit of the edited vhost. */
export const tooLarge = { method: 'POST', headers: { 'content-length': String(11 * 1024 * 1024) } };

export const vhostEditedByHand: Fault = {
  id: 'vhost-edited-by-hand',
  breaks: 'the vhost was edited without reconfigure: uploads above 10 MB get a 413',
  apply: async (host) => {
    const restore = await editFile(host.files.vhost, (vhost) =>
      vhost.replace('client_max_body_size 0;', 'client_max_body_size 10m;'),
    );
    const limited = async (): Promise<boolean> =>
      (await host.probe('/v2/a/blobs/uploads/', { ...tooLarge, headOnly: true })).status === 413;
    await host.ctl(['hup', 'nginx']);
    await waitFor('a 413 of nginx', async () => ((await limited()) ? true : undefined));
    return async () => {
      await restore();
      await host.ctl(['hup', 'nginx']);
      await waitFor('nginx without a limit', async () => ((await limited()) ? undefined : true));
      await host.waitUntilHealthy();
    };
  },
};
