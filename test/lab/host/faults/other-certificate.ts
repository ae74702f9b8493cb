import { copyFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import type { CertificateFiles, Validity } from '../certificates.js';
import type { Host } from '../host.js';
import { waitFor } from '../process.js';
import type { Undo } from './fault.js';

/** Another certificate of the lab's CA, as a file and as nginx may come to show it. */
type Other = { name: string; names?: readonly string[]; validity?: Validity };

/** The names of the registry's own certificate. */
const OWN = ['127.0.0.1', 'localhost'];

/** Issues another certificate and puts it in the place of the registry's; nginx goes on with what it read before. */
export const replaceCertificate = async (
  host: Host,
  { name, names = OWN, validity }: Other,
  which: readonly (keyof CertificateFiles)[] = ['cert', 'key'],
): Promise<Undo> => {
  const place = { cert: `${host.files.ssl}/registry.crt`, key: `${host.files.ssl}/registry.key` };
  const other = await host.ca.issue(name, names, validity);
  for (const file of which) {
    await copyFile(place[file], `${other[file]}.before`);
    await copyFile(other[file], place[file]);
  }
  return async () => {
    for (const file of which) await copyFile(`${other[file]}.before`, place[file]);
  };
};

/** As `replaceCertificate`, and nginx shows it when this returns. */
export const serveOtherCertificate = async (host: Host, other: Other): Promise<Undo> => {
  const before = await shownSerial(host);
  const restore = await replaceCertificate(host, other);
  await host.ctl(['hup', 'nginx']);
  await waitFor('another certificate', async () => ((await shownSerial(host)) === before ? undefined : true));
  return async () => {
    await restore();
    await host.ctl(['hup', 'nginx']);
    await host.waitUntilHealthy();
  };
};

/** Serial number of the certificate that the public address shows, whoever trusts it. */
const shownSerial = (host: Host): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(host.registryUrl);
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
