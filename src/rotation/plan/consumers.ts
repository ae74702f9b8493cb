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

/** The new value of a consumer. `registryHost` is the present one: entries of a former address move there. Pure. */
export function rewritten(
  { carries, variable }: Consumer,
  old: { username: string },
  fresh: { username: string; token: string },
  registryHost: string,
): string {
  if (carries === 'username') return fresh.username;
  if (carries === 'password') return fresh.token;
  const config = JSON.parse(variable.value ?? '{}') as { auths: Record<string, { auth?: string }> };
  const auths: Record<string, unknown> = {};
  for (const [host, entry] of Object.entries(config.auths)) {
    const isOurs = decode(entry.auth)?.username === old.username;
    auths[isOurs ? registryHost : host] = isOurs ? { ...entry, auth: encode(fresh.username, fresh.token) } : entry;
  }
  return JSON.stringify({ ...config, auths });
}

/** The entries of a docker config.json; `undefined` when the text is none. */
export function dockerEntries(
  value: string | null,
): { host: string; username: string; password: string }[] | undefined {
  if (value === null || !value.includes('"auths"')) return undefined;
  try {
    const { auths } = JSON.parse(value) as { auths: Record<string, { auth?: string }> };
    return Object.entries(auths).flatMap(([host, { auth }]) => {
      const pair = decode(auth);
      return pair === undefined ? [] : [{ host, ...pair }];
    });
  } catch {
    return undefined;
  }
}

function decode(auth: string | undefined): { username: string; password: string } | undefined {
  if (typeof auth !== 'string') return undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function encode(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
