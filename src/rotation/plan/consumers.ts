import type { Holder, Variable } from '../../gitlab/schema.js';
import { dockerEntries, dockerSecret } from './docker-config.js';
import { isUrlOf } from './registry-url.js';

/** What a CI/CD variable has of a token, and has to get of the new one. */
export type Carries = 'password' | 'docker-config' | 'registry-url';

/** A CI/CD variable that carries a part of a token. */
export interface Consumer {
  owner: Holder;
  variable: Variable;
  carries: Carries;
  /** How it was found. */
  because: string;
}

/** What consumers are known by. */
export interface Sought {
  /** Of a deploy token: half of the login. An access token's login takes any name, so nothing is found by it. */
  username: string | undefined;
  /** The token's secret, where it is known from somewhere. */
  secrets: ReadonlySet<string>;
  /** Keys of variables that the configuration says hold this token. */
  mapped: ReadonlySet<string>;
  /** Addresses that the registry had before the present one; variables that hold one of them are moved too. */
  formerUrls: readonly string[];
  /** The present one, host[:port]. */
  registryHost: string;
}

const USER_SUFFIX = /_?(?:USER(?:NAME)?|LOGIN)$/;
const PASSWORD_SUFFIX = /_?(?:PASSWORD|PASSWD|PASS|PWD|TOKEN|SECRET)$/;
/** A shorter value may be anything. Characters. Source: GitLab's own bound for masked variables. */
const SECRET_LENGTH = 8;

/**
 * The variables of one holder that carry a token. Pure.
 *
 * GitLab does not tell: a username is found by its value, the password beside it by its name and scope (`X_USER` and
 * `X_PASSWORD`), a docker configuration by the user in its entries, and every other copy of the secret by its value.
 */
export function findConsumers(sought: Sought, owner: Holder, variables: readonly Variable[]): Consumer[] {
  return variables.flatMap((variable) => {
    const found = why(sought, variable, variables);
    return found === undefined ? [] : [{ owner, variable, ...found }];
  });
}

function why(
  sought: Sought,
  variable: Variable,
  variables: readonly Variable[],
): Pick<Consumer, 'carries' | 'because'> | undefined {
  const { username, secrets, mapped, formerUrls } = sought;
  const { key, value } = variable;
  const entries = dockerEntries(value);
  if (username !== undefined && entries?.some((entry) => entry.username === username))
    return { carries: 'docker-config', because: `it is a docker configuration with the user ${username}` };
  if (entries?.some(({ password }) => secrets.has(password)))
    return { carries: 'docker-config', because: 'it is a docker configuration with this token' };
  const partner = partnerOf(variable, variables, username);
  if (partner !== undefined) return { carries: 'password', because: `it stands beside ${partner.key}` };
  // A docker configuration without this token is no secret of it, whatever the configuration says.
  if (mapped.has(key) && entries === undefined) return { carries: 'password', because: 'the configuration says so' };
  if (value !== null && value.length >= SECRET_LENGTH && secrets.has(value))
    return { carries: 'password', because: 'it holds the same secret' };
  const former = formerUrls.find((url) => isUrlOf(url, value));
  return former === undefined
    ? undefined
    : { carries: 'registry-url', because: `it holds the former address ${former}` };
}

/** The variable with the username that makes this one a password. */
function partnerOf(
  { key, environment_scope }: Variable,
  variables: readonly Variable[],
  username: string | undefined,
): Variable | undefined {
  if (username === undefined || !PASSWORD_SUFFIX.test(key)) return undefined;
  const stem = key.replace(PASSWORD_SUFFIX, '');
  return variables.find(
    (one) =>
      one.value === username &&
      one.environment_scope === environment_scope &&
      USER_SUFFIX.test(one.key) &&
      one.key.replace(USER_SUFFIX, '') === stem,
  );
}

/** The token's secret, as far as these variables give it away: other copies of it are then found by their value. Pure. */
export function secretsIn(sought: Sought, variables: readonly Variable[]): string[] {
  return findConsumers(sought, { kind: 'instance', id: 0, path: '' }, variables).flatMap((consumer) => {
    const secret = secretOf(consumer, sought);
    return secret === undefined || secret.length < SECRET_LENGTH ? [] : [secret];
  });
}

/** The token's secret in one of its consumers; `undefined` where it is hidden. Pure. */
export function secretOf(
  { carries, variable: { value } }: Pick<Consumer, 'carries'> & { variable: Pick<Variable, 'value'> },
  { username, registryHost }: Pick<Sought, 'username' | 'registryHost'>,
): string | undefined {
  if (carries === 'password') return value ?? undefined;
  if (carries === 'registry-url' || username === undefined) return undefined;
  return dockerSecret(value, username, registryHost);
}

/** Variables that hold the username, and none beside them that looks like its password. Pure. */
export function lonelyUsernames(username: string, variables: readonly Variable[]): Variable[] {
  return variables.filter(
    (one) =>
      one.value === username &&
      !variables.some((other) => other !== one && partnerOf(other, [one], username) !== undefined),
  );
}
