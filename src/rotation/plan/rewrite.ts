import type { Variable } from '../../gitlab/schema.js';
import type { Carries } from './consumers.js';
import { decode, dockerConfig, dockerSecret, hostOf, renewed } from './docker-config.js';
import { movedUrl } from './registry-url.js';

/** What the new values are made of. */
export interface Rewriting {
  /** The old token; `username` undefined for an access token, `secret` where it is known. */
  old: { username: string | undefined; secret: string | undefined };
  fresh: { username: string; token: string };
  registryUrl: string;
  formerUrls: readonly string[];
}

/**
 * The new value of a variable; `undefined` when it does not carry the token any more. Entries of a docker
 * configuration for a former address move to the present one, unless somebody else's stands there. Pure.
 */
export function rewritten(
  { carries, value }: { carries: Carries } & Pick<Variable, 'value'>,
  { old, fresh, registryUrl, formerUrls }: Rewriting,
): string | undefined {
  if (carries === 'password') return fresh.token;
  if (carries === 'registry-url') return value === null ? undefined : movedUrl(value, formerUrls, registryUrl);
  const formerHosts = formerUrls.map((url) => new URL(url).host);
  return rewrittenConfig(value, old, fresh, new URL(registryUrl).host, formerHosts);
}

function rewrittenConfig(
  value: string | null,
  old: Rewriting['old'],
  fresh: Rewriting['fresh'],
  registryHost: string,
  formerHosts: readonly string[],
): string | undefined {
  const config = dockerConfig(value);
  const secret = old.username === undefined ? old.secret : dockerSecret(value, old.username, registryHost);
  if (config === undefined || secret === undefined) return undefined;
  const isOurs = (entry: unknown) => {
    const pair = decode(entry);
    return pair?.password === secret && (old.username === undefined || pair.username === old.username);
  };
  // An access token is found by its secret alone: whatever name stands beside it stays.
  const nameIn = (entry: unknown) =>
    (old.username === undefined ? decode(entry)?.username : undefined) ?? fresh.username;
  const entries = Object.entries(config.auths);
  if (!entries.some(([, entry]) => isOurs(entry))) return undefined;
  let isTaken = entries.some(([host]) => hostOf(host) === registryHost);
  const isOthers = entries.some(([host, entry]) => hostOf(host) === registryHost && !isOurs(entry));
  const moved = entries.flatMap(([host, entry]): [string, unknown][] => {
    if (!isOurs(entry)) return [[host, entry]];
    const now = renewed(entry, nameIn(entry), fresh.token);
    // Another name of the registry stays as well: some job logs in by it.
    if (isOthers || !formerHosts.includes(hostOf(host))) return [[host, now]];
    // Of several entries of ours, all for former addresses, one is enough.
    if (isTaken) return [];
    isTaken = true;
    return [[registryHost, now]];
  });
  return JSON.stringify({ ...config, auths: Object.fromEntries(moved) });
}
