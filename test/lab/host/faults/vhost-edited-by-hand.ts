import { waitFor } from '../process.js';
import { editVhost, type Fault } from './fault.js';

/** A body that announces more than the limit of the edited vhost. */
export const tooLarge = { method: 'POST', headers: { 'content-length': String(11 * 1024 * 1024) } };

export const vhostEditedByHand: Fault = {
  id: 'vhost-edited-by-hand',
  breaks: 'the vhost was edited without reconfigure: uploads above 10 MB get a 413',
  link: 'nginx',
  apply: async (host) => {
    const limited = async (): Promise<boolean> =>
      (await host.probe('/v2/a/blobs/uploads/', { ...tooLarge, headOnly: true })).status === 413;
    const undo = await editVhost(host, (vhost) =>
      vhost.replace('client_max_body_size 0;', 'client_max_body_size 10m;'),
    );
    await waitFor('a 413 of nginx', async () => ((await limited()) ? true : undefined));
    return async () => {
      await undo();
      await waitFor('nginx without a limit', async () => ((await limited()) ? undefined : true));
    };
  },
};
