import { secondsAhead } from '../../clock.js';
import type { Instance } from '../../config/schema.js';
import type { OpenInstance } from '../../instance.js';
import { openInstance } from '../../instance.js';
import { judgeGitLabClock } from '../clock.js';
import { type Finding, pass, skipped } from '../finding.js';
import { judgeHooks } from '../hooks.js';
import { hostPart, judgeHost } from '../hosts.js';
import { judgeMissed } from '../missed.js';
import { judgeToken } from '../token.js';
import type { DoctorContext } from './context.js';
import { readHooks } from './hooks.js';
import { readMissed } from './missed.js';
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
    if (config.hook !== undefined) all.push(...lookAtHooks(instance, context));
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

/** Both parts rest upon one look at the webhooks. */
function lookAtHooks(instance: OpenInstance, { redis, now }: DoctorContext): Promise<Finding[]>[] {
  const { config } = instance;
  const hooked = readHooks(instance);
  // Each part tells of its failure; until both wait for it nobody does.
  hooked.catch(() => {});
  const missed = `${config.name}: missed jobs`;
  return [
    lookAtPart(`${config.name}: webhooks`, 'registrar config check', async () => judgeHooks(config, await hooked)),
    (async () => {
      const open = await redis().catch(() => undefined);
      const seen = await hooked.catch(() => undefined);
      if (open === undefined || seen === undefined)
        return [skipped(missed, `not looked at: ${open === undefined ? 'Redis' : 'GitLab'} does not answer`)];
      return lookAtPart(missed, 'registrar doctor, once more', async () =>
        judgeMissed(config.name, await readMissed(instance, seen, open, now())),
      );
    })(),
  ];
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
