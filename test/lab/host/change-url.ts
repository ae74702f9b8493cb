import type { Host } from './host.js';
import { freePort } from './process.js';

/** Moves the registry to another public address as its owner would: gitlab.rb, then reconfigure. Gives the new URL. */
export const changeUrl = async (host: Host, to: { port?: number; scheme?: 'http' | 'https' } = {}): Promise<string> => {
  const url = new URL(host.registryUrl);
  const scheme = to.scheme ?? url.protocol.slice(0, -1);
  const next = `${scheme}://${url.hostname}:${to.port ?? (await freePort())}`;
  await host.writeGitlabRb((source) =>
    source.replace(/^registry_external_url .*$/m, `registry_external_url '${next}'`),
  );
  await host.reconfigure();
  await host.waitUntilHealthy();
  return next;
};
