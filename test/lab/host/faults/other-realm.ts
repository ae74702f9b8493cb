import type { Host } from '../host.js';
import { editRegistryConfig, type Undo, untilProbe } from './fault.js';

/** Has the registry name another realm in its challenge. */
export const sendTo = async (host: Host, realm: string): Promise<Undo> => {
  const undo = await editRegistryConfig(host, (yaml) => yaml.replace(/^( {4}realm: ).*$/m, `$1${realm}`));
  await untilProbe(host, realm, ({ headers }) => String(headers['www-authenticate']).includes(realm));
  return undo;
};
