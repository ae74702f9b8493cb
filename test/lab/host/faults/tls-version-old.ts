import { acceptedOldTls } from '../../../../src/registry/tls.js';
import { waitFor } from '../process.js';
import { editVhost, type Fault } from './fault.js';

export const tlsVersionOld: Fault = {
  id: 'tls-version-old',
  breaks: 'nothing: the public address also speaks TLS 1.0 and 1.1, which nobody should',
  link: 'TLS',
  apply: async (host) => {
    const undo = await editVhost(host, (vhost) =>
      vhost
        .replace(/ssl_protocols .*;/, 'ssl_protocols TLSv1 TLSv1.1 TLSv1.2;')
        .replace(/ssl_ciphers .*;/, "ssl_ciphers 'DEFAULT@SECLEVEL=0';"),
    );
    await waitFor('TLS 1.0', async () =>
      (await acceptedOldTls(new URL(host.registryUrl))).includes('TLSv1') ? true : undefined,
    );
    return undo;
  },
};
