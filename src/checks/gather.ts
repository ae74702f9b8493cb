import { lookup } from 'node:dns/promises';
import { EdgeError, messageOf } from '../errors.js';
import { registryConfigDrift, vhostDrift } from '../host/drift.js';
import { intended } from '../host/expected.js';
import { type GitlabRb, parseGitlabRb } from '../host/gitlab-rb.js';
import type { HostFile, HostSnapshot } from '../host/snapshot.js';
import type { OpenInstance } from '../instance.js';
import { probeTls } from '../registry/tls.js';
import type { Fact, Facts, StatusFacts } from './check.js';

/** Deadline of one fact. Milliseconds. */
const FACT_MS = 8_000;

/** Gathers everything that the checks need, in parallel; what can't be had says why. Never rejects for a part of the world. */
export async function gatherFacts(instance: OpenInstance, token: string, now: () => number): Promise<Facts> {
  const { config, gitlab, registry } = instance;
  const registryUrl = new URL(config.registry.url);
  const [addresses, tls, ping, host, api] = await Promise.all([
    fact(async () => (await lookup(hostname(registryUrl), { all: true })).map(({ address }) => address)),
    registryUrl.protocol === 'https:'
      ? fact(() => probeTls(hostname(registryUrl), Number(registryUrl.port || 443), config.ca, FACT_MS))
      : missing('the registry is exposed over plain http'),
    fact(() => registry.ping()),
    hostFact(instance),
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
  const [handshake, settings] = await Promise.all([
    challenge === undefined
      ? missing(ping.is === 'known' ? 'the registry gave no challenge' : 'no registry answered')
      : fact(async () =>
          registry.handshake(challenge, [], { username: (await gitlab.ownUser()).username, password: token }),
        ),
    settingsOf(host),
  ]);
  return {
    target: known({ gitlabUrl: config.gitlab.url, registryUrl: config.registry.url }),
    now: known(now()),
    addresses,
    tls,
    ping,
    handshake,
    host,
    gitlab: api,
    ...settings,
  };
}

async function hostFact({ config, probe }: OpenInstance): Promise<Fact<HostSnapshot>> {
  const [first] = config.hosts;
  return first === undefined ? missing('no host is configured for this instance') : fact(() => probe(first));
}

async function settingsOf(host: Fact<HostSnapshot>): Promise<Pick<Facts, 'intended' | 'drift'>> {
  if (host.is === 'missing') return { intended: host, drift: host };
  const { gitlabRb, registryConfig, vhost, version } = host.value;
  const source = textOf(gitlabRb, 'gitlab.rb');
  if (source.is === 'missing') return { intended: source, drift: source };
  const file: GitlabRb = await parseGitlabRb(source.value);
  const wanted = intended(file, version);
  const config = textOf(registryConfig, 'registry/config.yml');
  const server = textOf(vhost, 'gitlab-registry.conf');
  const drift: Facts['drift'] =
    config.is === 'missing'
      ? config
      : known([
          ...registryConfigDrift(config.value, wanted.expected),
          ...(server.is === 'known' ? vhostDrift(server.value, wanted.expected) : []),
        ]);
  return { intended: known({ ...wanted, syntaxErrors: file.errors }), drift };
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
