/** The JSON that docker keeps its logins in (`config.json`, DOCKER_AUTH_CONFIG). Pure. */

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

export function dockerConfig(value: string | null): { auths: Record<string, unknown> } | undefined {
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
export function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

/** What an entry logs in with: `auth`, or both names in the clear, as kubectl writes them. */
export function decode(entry: unknown): { username: string; password: string } | undefined {
  const { auth, username, password } = (entry ?? {}) as { auth?: unknown; username?: unknown; password?: unknown };
  if (typeof auth !== 'string' || auth === '')
    return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The entry with another login, in every form that it had. */
export function renewed(entry: unknown, username: string, password: string): object {
  const had = entry as { auth?: unknown; username?: unknown; password?: unknown };
  return {
    ...had,
    ...(typeof had.username === 'string' ? { username } : {}),
    ...(typeof had.password === 'string' ? { password } : {}),
    ...(had.auth === undefined ? {} : { auth: encode(username, password) }),
  };
}

export function encode(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
