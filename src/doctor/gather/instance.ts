import { secondsAhead } from '../../clock.js';
import type { Instance } from '../../config/schema.js';
import type { OpenInstance } from '../../instance.js';
import { openInstance } from '../../instance.js';
import { judgeGitLabClock } from '../clock.js';
import { type Finding, pass, skipped } from '../finding.js';
import { hostPart, judgeHost } from '../hosts.js';
import { judgeToken } from '../token.js';
import type { DoctorContext } from './context.js';
import { lookAtPart } from './part.js';

/** Everything that Registrar needs of an instance, side by side. */
export function lookAtInstance(config: Instance, context: DoctorContext): Promise<Finding[]> {
  return opened(config, context, async (instance) => {
    const { name } = config;
    const { now } = context;
    const all = [
      lookAtPart(`${name}: GitLab`, 'gitlab-ctl status, on its host', async () => [
        pass(`${name}: GitLab`, `GitLab ${await instance.gitlab.version()} at ${config.gitlab.url}`),
      ]),
      lookAtPart(`${name}: clock`, 'timedatectl, on GitLab’s host and here', () => lookAtClock(instance, now)),
      lookAtPart(`${name}: token`, `registrar rotate-own-token ${name}`, () => lookAtToken(instance, now())),
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

async function lookAtClock({ config: { name }, time }: OpenInstance, now: () => number): Promise<Finding[]> {
  const from = now();
  const told = await time();
  return told === undefined
    ? [skipped(`${name}: clock`, 'GitLab tells no time')]
    : judgeGitLabClock(name, secondsAhead(told, { from, to: now() }));
}

async function lookAtToken({ config, gitlab }: OpenInstance, now: number): Promise<Finding[]> {
  // Asked as itself first: that says in which way it is refused.
  const { scopes, expires_at } = await gitlab.ownToken();
  const { username } = await gitlab.ownUser();
  return judgeToken(config, { username, scopes, ...(expires_at == null ? {} : { expiresAt: expires_at }) }, now);
}
