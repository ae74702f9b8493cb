import { copyFile } from 'node:fs/promises';
import type { Validity } from '../certificates.js';
import type { Host } from '../host.js';
import { type Undo, untilProbe } from './fault.js';

/** Puts another certificate of the lab's CA in the place of the registry's and reloads nginx. */
export const serveOtherCertificate = async (
  host: Host,
  other: { name: string; names: string[]; validity?: Validity; error: string },
): Promise<Undo> => {
  const { cert, key } = await host.ca.issue(other.name, other.names, other.validity);
  const install = async (from: { cert: string; key: string }): Promise<void> => {
    await copyFile(from.cert, `${host.files.ssl}/registry.crt`);
    await copyFile(from.key, `${host.files.ssl}/registry.key`);
    await host.ctl(['hup', 'nginx']);
  };
  const kept = { cert: `${cert}.before`, key: `${key}.before` };
  await copyFile(`${host.files.ssl}/registry.crt`, kept.cert);
  await copyFile(`${host.files.ssl}/registry.key`, kept.key);
  await install({ cert, key });
  await untilProbe(host, other.error, ({ error }) => error === other.error);
  return async () => {
    await install(kept);
    await host.waitUntilHealthy();
  };
};
