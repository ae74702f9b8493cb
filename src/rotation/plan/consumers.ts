import type { DeployToken, Owner, Variable } from '../../gitlab/schema.js';

/** A CI/CD variable that carries a part of a token. */
export interface Consumer {
  owner: Owner;
  variable: Variable;
  carries: 'username' | 'password' | 'docker-config';
  /** How it was found. */
  because: string;
}

const USER_SUFFIX = /_?(?:USER(?:NAME)?|LOGIN)$/;
const PASSWORD_SUFFIX = /_?(?:PASSWORD|PASSWD|PASS|PWD|TOKEN|SECRET)$/;

/**
 * The variables that carry a deploy token. Pure.
 *
 * GitLab does not tell: a username is found by its value, the password beside it by its name and scope (`X_USER` and
 * `X_PASSWORD`), a docker configuration by the user in its entries.
 */
export function findConsumers(token: DeployToken, owner: Owner, variables: readonly Variable[]): Consumer[] {
  return variables.flatMap((variable): Consumer[] => {
    if (variable.value === token.username)
      return [{ owner, variable, carries: 'username', because: `its value is ${token.username}` }];
    const entries = dockerEntries(variable.value);
    if (entries?.some(({ username }) => username === token.username)) {
      return [
        {
          owner,
          variable,
          carries: 'docker-config',
          because: `it is a docker configuration with the user ${token.username}`,
        },
      ];
    }
    if (!PASSWORD_SUFFIX.test(variable.key)) return [];
    const stem = variable.key.replace(PASSWORD_SUFFIX, '');
    const partner = variables.find(
      (one) =>
        one.value === token.username &&
        one.environment_scope === variable.environment_scope &&
        USER_SUFFIX.test(one.key) &&
        one.key.replace(USER_SUFFIX, '') === stem,
    );
    return partner === undefined
      ? []
      : [{ owner, variable, carries: 'password', because: `it stands beside ${partner.key}` }];
  });
}

/**
 * The new value of a consumer; `undefined` when it does not carry the token any more. `registryHost` is the present
 * one: entries of a former address move there, unless somebody else's stands there. Pure.
 */
export function rewritten(
  { carries, variable }: Pick<Consumer, 'carries' | 'variable'>,
  old: { username: string },
  fresh: { username: string; token: string },
  registryHost: string,
): string | undefined {
  if (carries === 'username') return variable.value === old.username ? fresh.username : undefined;
  if (carries === 'password') return fresh.token;
  const config = dockerConfig(variable.value);
  const secret = dockerSecret(variable.value, old.username, registryHost);
  if (config === undefined || secret === undefined) return undefined;
  const isOurs = (entry: unknown) => {
    const pair = decode(entry);
    return pair?.username === old.username && pair.password === secret;
  };
  const entries = Object.entries(config.auths);
  let isTaken = entries.some(([host]) => hostOf(host) === registryHost);
  const isOthers = entries.some(([host, entry]) => hostOf(host) === registryHost && !isOurs(entry));
  const moved = entries.flatMap(([host, entry]): [string, unknown][] => {
    if (!isOurs(entry)) return [[host, entry]];
    const renewed = { ...(entry as object), auth: encode(fresh.username, fresh.token) };
    if (isOthers || hostOf(host) === registryHost) return [[host, renewed]];
    // Of several entries of ours, all for former addresses, one is enough.
    if (isTaken) return [];
    isTaken = true;
    return [[registryHost, renewed]];
  });
  return JSON.stringify({ ...config, auths: Object.fromEntries(moved) });
}

/** The entries of a docker config.json; `undefined` when the text is none. */
export function dockerEntries(
  value: string | null,
): { host: string; username: string; password: string }[] | undefined {
  const config = dockerConfig(value);
  if (config === undefined) return undefined;
  return Object.entries(config.auths).flatMap(([host, entry]) => {
    const pair = decode(entry);
    return pair === undefined ? [] : [{ host, ...pair }];
  });
}

/**
 * The token's secret in a docker configuration. Another GitLab may have given out the same username: the entry of our
 * host counts, then one of its name at another port, then any. Pure.
 */
export function dockerSecret(value: string | null, username: string, registryHost: string): string | undefined {
  const named = dockerEntries(value)?.filter((entry) => entry.username === username) ?? [];
  const name = (host: string) => hostOf(host).replace(/:\d+$/, '');
  const best =
    named.find(({ host }) => hostOf(host) === registryHost) ??
    named.find(({ host }) => name(host) === name(registryHost)) ??
    named[0];
  return best?.password;
}

function dockerConfig(value: string | null): { auths: Record<string, unknown> } | undefined {
  if (value === null || !value.includes('"auths"')) return undefined;
  try {
    const config = JSON.parse(value) as { auths?: unknown } | null;
    const auths = config?.auths;
    if (typeof auths !== 'object' || auths === null || Array.isArray(auths)) return undefined;
    return { ...config, auths: auths as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

/** Docker takes a key of `auths` with or without a scheme and a path. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function decode(entry: unknown): { username: string; password: string } | undefined {
  const { auth } = (entry ?? {}) as { auth?: unknown };
  if (typeof auth !== 'string') return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function encode(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
