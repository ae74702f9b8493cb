import type { Redis } from 'ioredis';
import { type Config, type Host, hasRegistry, type Instance } from './config/schema.js';
import type { ConfigSource } from './config/source.js';
import { EdgeError } from './errors.js';
import { type GitLab, openGitLab } from './gitlab/client.js';
import { openTrace } from './gitlab/trace.js';
import type { UrlHistory } from './gitlab/url-history.js';
import { openTime, openWeb, type WebAnswer } from './gitlab/web.js';
import { lookAtUsage } from './host/look-at-usage.js';
import { createSshPool, type SshPool } from './host/pool.js';
import { probeHost } from './host/probe.js';
import type { HostSnapshot } from './host/snapshot.js';
import type { SeenUsage } from './host/usage.js';
import { createHttp, type Http } from './http.js';
import { rememberUrl } from './queue/memory.js';
import { openRegistry, type Registry } from './registry/client.js';
import type { Credentials } from './registry/protocol.js';
import { type Reach, reach } from './registry/reach.js';
import { acceptedOldTls } from './registry/tls.js';

/** An instance with its edges open: what a worker talks to. */
export interface OpenInstance {
  config: Instance;
  gitlab: GitLab;
  registry: Registry;
  /** What a job printed, streamed. Errors: `gitlab-unreachable` also while it is read, `gitlab-refused`. */
  trace(projectId: number, jobId: number): Promise<AsyncIterable<Buffer>>;
  /** How far a connection to the configured address gets from here. */
  reach(what: 'registry' | 'gitlab'): Promise<Reach>;
  /** What GitLab's sign-in page answers. Errors: the network's own. */
  web(): Promise<WebAnswer>;
  /** What GitLab's clock says, in milliseconds since the epoch; `undefined`: it does not tell. Errors: the network's own. */
  time(): Promise<number | undefined>;
  /** Protocols that nobody should speak any more, and that the registry's address still does. */
  oldTls(): Promise<string[]>;
  /** `closely`: also the ends of its logs. Of a host without the registry, its version and services alone. */
  probe(host: Host, closely?: boolean): Promise<HostSnapshot>;
  /** Who uses the registry, by the logs of its hosts. */
  usage(): Promise<SeenUsage[]>;
  close(): Promise<void>;
}

/**
 * Opens the edges of an instance; the one of that name, or the only one. `hosts`: left out, it has SSH connections of
 * its own, closed with it. Errors: `not-found`, `secret-missing`.
 */
export function openInstance(source: ConfigSource, name?: string, hosts?: SshPool): OpenInstance {
  const config = chooseInstance(source.current(), name);
  const http = createHttp(config.ca);
  const pool = hosts ?? createSshPool(source.secret);
  const token = source.secret(config.gitlab.token);
  const gitlab = openGitLab(config.gitlab.url, token, http);
  const ownLogin = async () => ({ username: (await gitlab.ownUser()).username, password: token });
  return {
    config,
    gitlab,
    registry: registryOf(config, http, ownLogin),
    trace: (projectId, jobId) => openTrace(config.gitlab.url, token, projectId, jobId, http),
    reach: (what) => reach(new URL(config[what].url), config.ca),
    web: () => openWeb(config.gitlab.url, http),
    time: () => openTime(config.gitlab.url, http),
    oldTls: () => acceptedOldTls(new URL(config.registry.url)),
    probe: (host, closely) =>
      probeHost(pool, host, {
        names: namesOf(config),
        closely: closely === true,
        servicesOnly: !hasRegistry(host),
      }),
    usage: () => lookAtUsage(pool, config.hosts),
    close: async () => void (await Promise.all([http.close(), hosts === undefined ? pool.close() : undefined])),
  };
}

/** Host names of the configured URLs, each once. */
function namesOf({ registry, gitlab }: Instance): string[] {
  const names = [registry.url, gitlab.url].map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  return [...new Set(names)];
}

/** Opens an instance for as long as the work lasts; `hosts` as in {@link openInstance}. */
export async function withInstance<T>(
  source: ConfigSource,
  name: string | undefined,
  work: (instance: OpenInstance) => Promise<T>,
  hosts?: SshPool,
): Promise<T> {
  const instance = openInstance(source, name, hosts);
  try {
    return await work(instance);
  } finally {
    await instance.close();
  }
}

/**
 * {@link withInstance} for many jobs at a time: an instance is opened for the first of them and closed after the last,
 * so that they share its connections. A configuration or a token that was changed is opened anew.
 */
export function shareInstances(
  source: ConfigSource,
  hosts: SshPool,
): <T>(name: string, work: (instance: OpenInstance) => Promise<T>) => Promise<T> {
  const open = new Map<string, { instance: OpenInstance; token: string; users: number }>();
  return async (name, work) => {
    const config = chooseInstance(source.current(), name);
    const token = source.secret(config.gitlab.token);
    let one = open.get(name);
    if (one === undefined || one.instance.config !== config || one.token !== token) {
      one = { instance: openInstance(source, name, hosts), token, users: 0 };
      open.set(name, one);
    }
    one.users += 1;
    try {
      return await work(one.instance);
    } finally {
      one.users -= 1;
      if (one.users === 0) {
        if (open.get(name) === one) open.delete(name);
        await one.instance.close();
      }
    }
  };
}

/** `ownLogin`: as in {@link openRegistry}. */
export function registryOf(config: Instance, http: Http, ownLogin?: () => Promise<Credentials>): Registry {
  return openRegistry(config.registry.url, http, [new URL(config.gitlab.url).origin], ownLogin);
}

export function chooseInstance({ instances }: Config, name?: string): Instance {
  const found = name === undefined ? instances[0] : instances.find((one) => one.name === name);
  if (found !== undefined && (name !== undefined || instances.length === 1)) return found;
  const names = instances.map((one) => one.name).join(', ');
  throw new EdgeError({
    part: 'config',
    code: 'not-found',
    forPerson: {
      what: name === undefined ? 'There are several GitLab instances' : `There is no instance ${name}`,
      why: `the configuration has ${names}`,
      next: 'name one of them',
      meant: { word: name ?? '', names: instances.map((one) => one.name) },
    },
  });
}

/** Looks at the registry's URL and the newest deploy token, and remembers both. A bot without the right to list all tokens sees only those it is given. */
export async function lookAtUrl(
  { config, gitlab }: OpenInstance,
  redis: Redis,
  now: number,
  seen: readonly { id: number }[] = [],
): Promise<UrlHistory> {
  const all = (await gitlab.allDeployTokens()) ?? seen;
  const highest = Math.max(0, ...all.map(({ id }) => id));
  return rememberUrl(redis, config.name, config.registry.url, highest, now);
}
