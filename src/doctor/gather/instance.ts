import type { Instance } from '../../config/schema.js';
import type { OpenInstance } from '../../instance.js';
import { openInstance } from '../../instance.js';
import type { Finding } from '../finding.js';
import { hostPart, judgeHost } from '../hosts.js';
import { judgeToken } from '../token.js';
import type { DoctorContext } from './context.js';
import { lookAtPart } from './part.js';

/** Everything that Registrar needs of an instance, side by side. */
export function lookAtInstance(config: Instance, context: DoctorContext): Promise<Finding[]> {
  return opened(config, context, async (instance) => {
    const { name } = config;
    const all = [
      lookAtPart(`${name}: token`, `registrar rotate-own-token ${name}`, () => lookAtToken(instance, context.now())),
      ...config.hosts.map((host) => {
        const part = hostPart(name, host.address);
        return lookAtPart(part, `ssh -p ${host.port} ${host.user}@${host.address} true`, async () => {
          const { version, status } = await instance.probe(host);
          return judgeHost(part, { services: status.length, ...(version === undefined ? {} : { version }) });
        });
      }),
    ];
    return (await Promise.all(all)).flat();
  });
}

/** An instance that can't be opened, for its secret is missing, hides no other. */
function opened(
  { name }: Instance,
  { config, hosts }: DoctorContext,
  work: (instance: OpenInstance) => Promise<Finding[]>,
): Promise<Finding[]> {
  let instance: OpenInstance | undefined;
  return lookAtPart(`${name}: secrets`, 'registrar config check', async () => {
    instance = openInstance(config, name, hosts);
    return work(instance);
  }).finally(() => instance?.close());
}

async function lookAtToken({ config, gitlab }: OpenInstance, now: number): Promise<Finding[]> {
  // Asked as itself first: that says in which way it is refused.
  const { scopes, expires_at } = await gitlab.ownToken();
  const { username } = await gitlab.ownUser();
  return judgeToken(config, { username, scopes, ...(expires_at == null ? {} : { expiresAt: expires_at }) }, now);
}
