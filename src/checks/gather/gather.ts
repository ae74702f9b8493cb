import { secondsAhead } from '../../clock.js';
import { targetOf } from '../../config/schema.js';
import type { OpenInstance } from '../../instance.js';
import type { Facts, StatusFacts } from '../check.js';
import { tryRepository } from './canary.js';
import { certificatesOf } from './certificates.js';
import { fact, known, missing } from './fact.js';
import { lintOf, lookAtHosts } from './hosts.js';

/** Gathers everything that the checks need, in parallel; what can't be had says why. Never rejects for a part of the world. */
export async function gatherFacts(
  instance: OpenInstance,
  token: string,
  now: () => number,
  freeSpace: StatusFacts['freeSpace'] = [],
): Promise<Facts> {
  const { config, gitlab, registry } = instance;
  const secure = config.registry.url.startsWith('https:');
  const user = once(() => gitlab.ownUser());
  const login = async () => ({ username: (await user()).username, password: token });

  const chain = async () => {
    const ping = await fact(() => registry.ping());
    const [logins, tried] = await Promise.all([handshakes(ping), tryRepository(instance, ping, login)]);
    return { ping, ...logins, ...tried };
  };
  const [reach, realmReach, oldTls, web, links, { host, others }, api] = await Promise.all([
    fact(() => instance.reach('registry')),
    fact(() => instance.reach('gitlab')),
    secure ? fact(() => instance.oldTls()) : missing('the registry is exposed over plain http'),
    fact(() => instance.web()),
    chain(),
    lookAtHosts(instance),
    fact(async () => {
      const { canary } = config;
      const [version, own, tokenMinutes, project] = await Promise.all([
        gitlab.version(),
        gitlab.ownToken(),
        gitlab.tokenMinutes(),
        canary === undefined ? undefined : gitlab.project(canary.project),
      ]);
      return {
        version,
        tokenScopes: own.scopes,
        ...(own.expires_at == null ? {} : { tokenExpiresAt: own.expires_at }),
        ...(tokenMinutes === undefined ? {} : { tokenMinutes }),
        ...(project?.container_registry_image_prefix == null
          ? {}
          : { imagePrefix: project.container_registry_image_prefix }),
      };
    }),
  ]);
  return {
    target: known(targetOf(config)),
    now: known(now()),
    reach,
    realmReach,
    oldTls,
    web,
    ...links,
    host,
    others: known(others),
    certificates: host.is === 'missing' ? host : known(certificatesOf(host.value)),
    freeSpace: known(freeSpace),
    gitlab: api,
    lint: await lintOf(host),
  };

  /** As `docker login` does: no scope, so that nothing is refused and nothing is made. Then the registry is asked. */
  async function handshakes(ping: Facts['ping']): Promise<Pick<Facts, 'handshake' | 'gitlabAhead' | 'accepted'>> {
    const challenge = ping.is === 'known' ? ping.value.challenge : undefined;
    if (challenge === undefined) {
      const none = missing(ping.is === 'known' ? 'the registry gave no challenge' : 'no registry answered');
      return { handshake: none, gitlabAhead: none, accepted: none };
    }
    const from = now();
    const handshake = await fact(async () => registry.handshake(challenge, [], await login()));
    const to = now();
    const issuedAt =
      handshake.is === 'known' && handshake.value.is === 'granted' ? handshake.value.issuedAt : undefined;
    const gitlabAhead =
      issuedAt === undefined
        ? missing('GitLab gave no token that tells its time')
        : known(secondsAhead(issuedAt, { from, to }));
    const given = handshake.is === 'known' && handshake.value.is === 'granted' ? handshake.value.token : undefined;
    const accepted = given === undefined ? missing('GitLab gave no token') : await fact(() => registry.ping(given));
    return { handshake, gitlabAhead, accepted };
  }
}

/** The first call's outcome, for everybody. */
function once<T>(call: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= call();
    return asked;
  };
}
