import { lookup } from 'node:dns/promises';
import { type Host, registryHost } from '../config/schema.js';
import { EdgeError, messageOf } from '../errors.js';
import { parseGitlabRb } from '../host/gitlab-rb.js';
import type { HostFile, HostSnapshot } from '../host/snapshot.js';
import type { OpenInstance } from '../instance.js';
import { lint } from '../lint/lint.js';
import { probeTls } from '../registry/tls.js';
import { within } from '../within.js';
import type { Fact, Facts, OtherHost, StatusFacts } from './check.js';

/** Deadline of one fact. Milliseconds. */
const FACT_MS = 8_000;
/** Deadline of all hosts of an instance together, which are looked at side by side. Milliseconds. */
const HOSTS_MS = 25_000;

/** Gathers everything that the checks need, in parallel; what can't be had says why. Never rejects for a part of the world. */
export async function gatherFacts(instance: OpenInstance, token: string, now: () => number): Promise<Facts> {
  const { config, gitlab, registry } = instance;
  const registryUrl = new URL(config.registry.url);
  const [addresses, tls, ping, { host, others }, api] = await Promise.all([
    fact(async () => (await lookup(hostname(registryUrl), { all: true })).map(({ address }) => address)),
    registryUrl.protocol === 'https:'
      ? fact(() => probeTls(hostname(registryUrl), Number(registryUrl.port || 443), config.ca, FACT_MS))
      : missing('the registry is exposed over plain http'),
    fact(() => registry.ping()),
    hostFacts(instance),
    fact(async () => {
      const [version, own] = await Promise.all([gitlab.version(), gitlab.ownToken()]);
      return {
        version,
        tokenScopes: own.scopes,
        ...(own.expires_at == null ? {} : { tokenExpiresAt: own.expires_at }),
      };
    }),
  ]);
  const challenge = ping.is === 'known' ? ping.value.challenge : undefined;
  const [handshake, linted] = await Promise.all([
    challenge === undefined
      ? missing(ping.is === 'known' ? 'the registry gave no challenge' : 'no registry answered')
      : fact(async () =>
          registry.handshake(challenge, [], { username: (await gitlab.ownUser()).username, password: token }),
        ),
    lintOf(host),
  ]);
  return {
    target: known({ gitlabUrl: config.gitlab.url, registryUrl: config.registry.url }),
    now: known(now()),
    addresses,
    tls,
    ping,
    handshake,
    host,
    others: known(others),
    gitlab: api,
    lint: linted,
  };
}

/** Every host at once: one that fails costs only what would be known of it. */
async function hostFacts({ config: { hosts }, probe }: OpenInstance) {
  const look = (host: Host) =>
    fact(() => within(HOSTS_MS, `${host.address} did not answer within ${HOSTS_MS / 1000} s`, probe(host)));
  const chief = registryHost(hosts);
  const rest = hosts.filter((host) => host !== chief);
  const [host, others] = await Promise.all([
    chief === undefined ? missing('no host is configured for this instance') : look(chief),
    Promise.all(
      rest.map(
        async (one): Promise<OtherHost> => ({ address: one.address, roles: one.roles ?? [], host: await look(one) }),
      ),
    ),
  ]);
  return { host, others };
}

async function lintOf(host: Fact<HostSnapshot>): Promise<Facts['lint']> {
  if (host.is === 'missing') return host;
  const { gitlabRb, registryConfig, vhost, version } = host.value;
  const source = textOf(gitlabRb, 'gitlab.rb');
  if (source.is === 'missing') return source;
  const config = textOf(registryConfig, 'registry/config.yml');
  const server = textOf(vhost, 'gitlab-registry.conf');
  const files = {
    gitlabRb: await parseGitlabRb(source.value),
    ...(config.is === 'known' ? { registryConfig: config.value } : {}),
    ...(server.is === 'known' ? { vhost: server.value } : {}),
    ...(version === undefined ? {} : { version }),
  };
  const names = { 'gitlab.rb': 'gitlab.rb', 'registry-config': 'registry/config.yml', vhost: 'gitlab-registry.conf' };
  return known(lint(files, names));
}

function textOf(file: HostFile | undefined, name: string): Fact<string> {
  if (file === undefined) return missing(`${name} was not looked at`);
  if ('text' in file) return known(file.text);
  return missing(
    file.absent === 'missing' ? `there is no ${file.path}` : `${file.path} can't be read: set sudo: true for this host`,
  );
}

function known<T>(value: T): Fact<T> {
  return { is: 'known', value };
}

function missing<N extends keyof StatusFacts>(why: string): Fact<StatusFacts[N]> & { is: 'missing' } {
  return { is: 'missing', why };
}

async function fact<T>(gather: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await gather());
  } catch (error) {
    if (!(error instanceof EdgeError)) return { is: 'missing', why: messageOf(error) };
    const { what, why, next } = error.forPerson;
    return { is: 'missing', why: [what, why].filter(Boolean).join(': '), next };
  }
}

function hostname({ hostname: name }: URL): string {
  return name.replace(/^\[|\]$/g, '');
}
