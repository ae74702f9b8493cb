import { decode, encode } from './docker-config.js';

/** A docker config.json: its entries, and whatever else stands in it. */
export interface DockerConfig {
  auths: Record<string, unknown>;
}

interface HostLogin {
  username: string;
  token: string;
  registryHost: string;
}

/** `undefined` when the text is no docker configuration. Pure. */
export function parseDockerConfig(text: string): DockerConfig | undefined {
  try {
    const config: unknown = JSON.parse(text);
    if (!isRecord(config)) return undefined;
    const auths = config.auths ?? {};
    return isRecord(auths) ? { ...config, auths } : undefined;
  } catch {
    return undefined;
  }
}

/** With that login for the registry's host, as kubectl writes it; every other entry stays. Pure. */
export function withLogin(config: DockerConfig, { username, token, registryHost }: HostLogin): DockerConfig {
  // Either of these would be taken instead of the password.
  const renewed = ({ identitytoken: _, registrytoken: __, ...kept }: Record<string, unknown>) => ({
    ...kept,
    username,
    password: token,
    auth: encode(username, token),
  });
  const entries = Object.entries(config.auths).map(([key, entry]): [string, unknown] =>
    isFor(key, registryHost) ? [key, renewed(isRecord(entry) ? entry : {})] : [key, entry],
  );
  const isThere = entries.some(([key]) => isFor(key, registryHost));
  return { ...config, auths: Object.fromEntries(isThere ? entries : [...entries, [registryHost, renewed({})]]) };
}

/** With the registry's host as it was in `before`, also when it wasn't; every other entry stays as it is now. Pure. */
export function withFormer(config: DockerConfig, before: DockerConfig, registryHost: string): DockerConfig {
  const former = new Map(Object.entries(before.auths).filter(([key]) => isFor(key, registryHost)));
  const kept = Object.entries(config.auths).flatMap(([key, entry]): [string, unknown][] => {
    if (!isFor(key, registryHost)) return [[key, entry]];
    return former.has(key) ? [[key, former.get(key)]] : [];
  });
  // A key that is there already keeps its place.
  return { ...config, auths: Object.fromEntries([...kept, ...former]) };
}

/** Is every entry for the registry's host that login, and is there one? Pure. */
export function holdsLogin(config: DockerConfig, { username, token, registryHost }: HostLogin): boolean {
  const own = entriesFor(config, registryHost);
  return own.length > 0 && own.every((entry) => isLogin(decode(entry), username, token));
}

function isLogin(pair: ReturnType<typeof decode>, username: string, token: string): boolean {
  return pair?.username === username && pair.password === token;
}

/** The entries for the registry's host. Pure. */
export function entriesFor(config: DockerConfig, registryHost: string): unknown[] {
  return Object.entries(config.auths).flatMap(([key, entry]) => (isFor(key, registryHost) ? [entry] : []));
}

/**
 * Is the key about the whole host? It may have a scheme and `/v1/` or `/v2/`; with another path it is about the images
 * below that path alone, and may be another token's. Source: Kubernetes' pkg/credentialprovider/keyring.go.
 */
function isFor(key: string, registryHost: string): boolean {
  return key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '') === registryHost;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
