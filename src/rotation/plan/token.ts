import type { DeployToken } from '../../gitlab/schema.js';
import type { RotatedToken } from './plan.js';

/** Rules about the tokens that rotations are of. Pure. */

/** Scopes that make a token one of the registry's. */
const REGISTRY_SCOPES = ['read_registry', 'write_registry'];

/** Jobs get CI_DEPLOY_USER and CI_DEPLOY_PASSWORD of the token with this very name. Source: GitLab's documentation. */
export const GITLAB_DEPLOY_TOKEN = 'gitlab-deploy-token';

/** GitLab's bound for a token's name. Characters. */
const NAME_LENGTH = 255;
const OURS = /(?: \(registrar [0-9a-f]{8}\))+$/;

export function isForRegistry({ scopes }: Pick<RotatedToken, 'scopes'>): boolean {
  return scopes.some((scope) => REGISTRY_SCOPES.includes(scope));
}

/** Those for the registry that are not revoked. */
export function registryTokens<T extends Pick<DeployToken, 'scopes' | 'revoked'>>(tokens: readonly T[]): T[] {
  return tokens.filter((token) => !token.revoked && isForRegistry(token));
}

/** The tokens that a person's word may mean: an id, `deploy:ID`, a name with or without our mark, or a username. */
export function matchTokens(tokens: readonly RotatedToken[], word: string): RotatedToken[] {
  // Tokens of both kinds have numbers of their own.
  const byId = tokens.filter(({ kind, id }) => [String(id), `${kind}:${id}`].includes(word));
  if (byId.length > 0) return byId;
  return tokens.filter(({ name, username }) => name === word || baseName(name) === word || username === word);
}

/** Has the token expired? GitLab counts from 00:00 UTC of the date, and its own flag lags behind. */
export function isExpired({ expires_at }: Pick<RotatedToken, 'expires_at'>, now: number): boolean {
  return expires_at != null && Date.parse(expires_at) <= now;
}

/** The name that people gave it. */
export function baseName(name: string): string {
  return name.replace(OURS, '');
}

/**
 * The new token's name: it carries the rotation's id, so that one whose making was never heard of again is recognised.
 * Where the name itself means something to GitLab it stays; such a one is found by its being new.
 */
export function freshName({ old: { name }, id }: { old: Pick<RotatedToken, 'name'>; id: string }): string {
  if (name === GITLAB_DEPLOY_TOKEN) return name;
  const mark = ` (registrar ${id.replaceAll('-', '').slice(0, 8)})`;
  // A character that would be cut in two is left out.
  return (
    baseName(name)
      .slice(0, NAME_LENGTH - mark.length)
      .replace(/[\ud800-\udbff]$/, '') + mark
  );
}

/**
 * Must the new deploy token have the old one's username?
 *
 * A pair in two variables is never whole while one half is written and the other not yet: a job that begins then could
 * not log in. With the same username only the secret changes, in one write. It costs that the logs can't tell the two
 * tokens apart, so a token that stands in docker configurations only gets a name of its own. A username of somebody's
 * choosing is kept in any case.
 */
export function keepsUsername(
  { id, username }: Pick<RotatedToken, 'id' | 'username'>,
  carried: readonly { carries: string }[],
  outside: number,
): boolean {
  if (username !== `gitlab+deploy-token-${id}`) return true;
  return outside > 0 || carried.some(({ carries }) => carries === 'password');
}

/** When the token that takes its place expires. YYYY-MM-DD; `undefined`: never, which only deploy tokens may. */
export function successorExpiry(old: RotatedToken, now: number): string | undefined {
  if (old.kind === 'access') return freshExpiry(old, now);
  if (old.expires_at == null) return undefined;
  const fresh = freshExpiry(old, now, Number.POSITIVE_INFINITY);
  // One that lives long anyway, and of which nobody knows since when, is not cut short.
  return [old.expires_at.slice(0, 10), fresh].sort().at(-1);
}

/**
 * When the successor of a token that expires does: it lives as many days as the old one was meant to, or a year where
 * nobody knows. Whole days are counted, so that no rotation shortens the next; two at least, for the first may be
 * almost over. `most`: days that GitLab allows. YYYY-MM-DD.
 */
export function freshExpiry(
  { created_at, expires_at }: Pick<RotatedToken, 'created_at' | 'expires_at'>,
  now: number,
  most = YEAR,
): string {
  const meant = expires_at == null || created_at === undefined ? YEAR : dayOf(expires_at) - dayOf(created_at);
  return new Date((dayOf(now) + Math.min(most, Math.max(2, meant))) * DAY_MS).toISOString().slice(0, 10);
}

/** Of the UTC calendar, counted from the epoch. */
function dayOf(time: number | string): number {
  return Math.floor(new Date(time).getTime() / DAY_MS);
}

const DAY_MS = 86_400_000;
/** The most that GitLab allows an access token by default is 365 days; a day less, for its clock may be behind. */
const YEAR = 364;
