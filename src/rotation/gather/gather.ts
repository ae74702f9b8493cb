import type { Person } from '../../chat/request.js';
import { EdgeError } from '../../errors.js';
import type { GitLab } from '../../gitlab/client.js';
import type { FoundOwner } from '../../gitlab/find-owner.js';
import { ROLES } from '../../gitlab/schema.js';
import { ageAgainstUrl, type UrlHistory } from '../../gitlab/url-history.js';
import type { OpenInstance } from '../../instance.js';
import type { Seal } from '../../secrets/seal.js';
import { type Consumer, findConsumers, lonelyUsernames, type Sought, secretsIn } from '../plan/consumers.js';
import { dockerEntries } from '../plan/docker-config.js';
import { plannedWrite, type RotatedToken, type RotationPlan } from '../plan/plan.js';
import { baseName, GITLAB_DEPLOY_TOKEN, isExpired, keepsUsername } from '../plan/token.js';
import { purposeOf } from '../step.js';
import { type Held, variablesAround } from './holders.js';

/** What a rotation is to be about. */
export interface Wanted {
  id: string;
  asker: Person;
  found: FoundOwner;
  old: RotatedToken;
  reveal: boolean;
}

/** In so many projects of a group a repository is looked for, to prove the new token on. */
const NEAR = 5;
/** So many values that look like access tokens are asked who they are. */
const LOOKUPS = 20;
/** So many hidden variables are named. */
const NAMED = 5;
/** The prefix of GitLab's access tokens; an instance's own may stand before it. */
const ACCESS_TOKEN = /glpat-[A-Za-z0-9_.-]{16,}$/;

/**
 * Looks for everything that a rotation has to know, and changes nothing. `outside`: names of the consumers that the
 * configuration declares.
 *
 * Errors: those of {@link GitLab}.
 */
export async function planRotation(
  { id, asker, found, old, reveal }: Wanted,
  { config, gitlab }: OpenInstance,
  outside: readonly string[],
  history: UrlHistory,
  seal: Seal,
  now: number,
): Promise<RotationPlan> {
  const { owner } = found;
  const { held, unread } = await variablesAround(found, gitlab);
  const { sought, unasked } = await soughtFor(old, owner.path, config, history, held, gitlab);
  const consumers = held.flatMap(({ holder, variables }) => findConsumers(sought, holder, variables));
  const purpose = purposeOf({ id });
  const [secret] = sought.secrets;
  const keeps = old.kind === 'deploy' && keepsUsername(old, consumers, outside.length);
  const unseen = unseenBecause(old, keeps, config.hosts.length);
  const age = old.kind === 'deploy' ? ageAgainstUrl(old.id, history) : undefined;
  return {
    ...{ id, instance: config.name, asker, owner, old, reveal },
    ...(keeps && old.username !== undefined ? { username: old.username } : {}),
    // Hidden ones last: what is before them can be undone.
    writes: consumers
      .map((one) => plannedWrite(one, (value) => seal.digest(value, purpose)))
      .sort((a, b) => Number(a.variable.hidden) - Number(b.variable.hidden)),
    outside: [...outside],
    probe: await probeFor(found, config.rotation.push, gitlab),
    formerUrls: [...sought.formerUrls],
    quietHours: config.rotation.quietHours,
    ...(unseen === undefined ? {} : { unseen }),
    ...(secret === undefined ? {} : { oldSecret: seal.seal(secret, purpose) }),
    unknown: [
      ...(await missing(found, gitlab)),
      ...unread,
      ...(unasked > 0
        ? [`${unasked} more values look like access tokens, and were not asked whether they are it`]
        : []),
      ...unknownOf(old, consumers, held),
    ],
    reasons: [
      ...(age?.is === 'older' ? [`It is stale: ${age.why}.`] : []),
      ...(age?.is === 'unknown' ? [`Whether it is older than the registry’s address is not known: ${age.why}.`] : []),
      ...(isExpired(old, now) ? [`It expired on ${old.expires_at?.slice(0, 10)}.`] : []),
    ],
  };
}

/** What its consumers are known by; the secret in one of them finds the others. */
async function soughtFor(
  old: RotatedToken,
  path: string,
  config: OpenInstance['config'],
  history: UrlHistory,
  held: readonly Held[],
  gitlab: GitLab,
): Promise<{ sought: Sought; unasked: number }> {
  const { host } = new URL(config.registry.url);
  const former = history.map(({ url }) => url).filter((url) => new URL(url).host !== host);
  const mapped = config.rotation.variables.filter(
    (one) =>
      one.path.toLowerCase() === path.toLowerCase() &&
      (one.token === undefined || baseName(one.token) === baseName(old.name)),
  );
  const first: Sought = {
    username: old.username,
    secrets: new Set(),
    mapped: new Set(mapped.flatMap(({ keys }) => keys)),
    formerUrls: [...new Set(former)],
    registryHost: host,
  };
  const { secrets, unasked } =
    old.kind === 'deploy'
      ? { secrets: held.flatMap(({ variables }) => secretsIn(first, variables)), unasked: 0 }
      : await ownSecret(old, first, held, gitlab);
  return { sought: { ...first, secrets: new Set(secrets) }, unasked };
}

/** An access token is found by asking GitLab whose a value is, with the value itself. */
async function ownSecret(
  { id }: RotatedToken,
  sought: Sought,
  held: readonly Held[],
  gitlab: GitLab,
): Promise<{ secrets: string[]; unasked: number }> {
  // What the configuration names is asked first, whatever it looks like: an instance may have a prefix of its own.
  const mapped = held.flatMap(({ variables }) => secretsIn(sought, variables));
  const values = held.flatMap(({ variables }) =>
    variables.flatMap(({ value }) => [
      ...(value === null ? [] : [value]),
      ...(dockerEntries(value) ?? []).map(({ password }) => password),
    ]),
  );
  const alike = values.filter((value) => ACCESS_TOKEN.test(value));
  const candidates = [...new Set([...mapped, ...alike])];
  for (const value of candidates.slice(0, LOOKUPS))
    if ((await gitlab.whose(value))?.id === id) return { secrets: [value], unasked: 0 };
  return { secrets: [], unasked: Math.max(0, candidates.length - LOOKUPS) };
}

async function probeFor({ owner }: FoundOwner, push: boolean, gitlab: GitLab): Promise<RotationPlan['probe']> {
  const projects =
    owner.kind === 'group'
      ? (await gitlab.projectsBelow(owner.id))
          .slice(0, NEAR)
          .map((one) => ({ id: one.id, path: one.path_with_namespace }))
      : [owner];
  const canary = (path: string) => (push ? { push: `${path.toLowerCase()}/registrar-canary` } : {});
  let empty: string | undefined;
  for (const { id, path } of projects) {
    const repositories = await listed(id, gitlab);
    if (repositories === undefined) continue;
    const [repository] = repositories;
    if (repository !== undefined) return { repository, isNew: false, ...canary(path) };
    empty ??= path;
  }
  return empty === undefined ? {} : { repository: empty.toLowerCase(), isNew: true, ...canary(empty) };
}

/** `undefined` where nobody may look: a project may have its registry switched off. */
async function listed(projectId: number, gitlab: GitLab): Promise<string[] | undefined> {
  try {
    return await gitlab.repositories(projectId);
  } catch (error) {
    if (error instanceof EdgeError && error.code === 'gitlab-forbidden') return undefined;
    throw error;
  }
}

/** Rights of Registrar's own that the rotation will need, and that it has not got. */
async function missing({ owner }: FoundOwner, gitlab: GitLab): Promise<string[]> {
  if (owner.kind === 'project') return [];
  const self = await gitlab.ownUser();
  if (self.is_admin === true || ((await gitlab.groupAccessLevel(owner.id, self.id)) ?? 0) >= ROLES.owner) return [];
  return [
    `Registrar’s GitLab user ${self.username} is no Owner of ${owner.path}: GitLab will let it make no token there, and nothing will be changed`,
  ];
}

/** Why nobody can see whether the old token is still used. */
function unseenBecause({ kind }: RotatedToken, keepsName: boolean, hosts: number): string | undefined {
  if (kind === 'access') return undefined;
  if (keepsName) return 'the new token has the same username, so that no login fails while a pair is rewritten';
  return hosts === 0 ? 'no host of this instance is configured' : undefined;
}

function unknownOf(old: RotatedToken, consumers: readonly Consumer[], held: readonly Held[]): string[] {
  const { username } = old;
  const lonely =
    username === undefined
      ? []
      : held
          .flatMap(({ variables }) => lonelyUsernames(username, variables))
          .map(({ key }) => `${key} holds the username, but no variable beside it looks like its password`);
  const deploy =
    old.name === GITLAB_DEPLOY_TOKEN
      ? [
          'jobs get CI_DEPLOY_USER and CI_DEPLOY_PASSWORD of this token: while two have its name, GitLab gives them either, and both work; the old one is gone for them only when it is revoked',
        ]
      : [];
  const life =
    old.expires_at != null && old.created_at === undefined
      ? [
          'how long it was meant to live is not known, for GitLab does not say when it was made: the new one gets a year, or the old one’s date where that is later',
        ]
      : [];
  const hidden = consumers
    .filter(({ variable }) => variable.hidden)
    .map(({ variable }) => `${variable.key} is hidden: it can be written, but neither compared nor given back`);
  return [
    ...lonely,
    ...deploy,
    ...life,
    ...hidden,
    ...unseenHidden(consumers, held),
    'logins on laptops, in clusters and in other systems can’t be seen from here: they stop working when the old token is revoked',
  ];
}

/** Hidden variables that nothing shows to hold it. */
function unseenHidden(consumers: readonly Consumer[], held: readonly Held[]): string[] {
  const found = new Set(consumers.map(({ variable }) => variable));
  const keys = held.flatMap(({ variables }) => variables.filter((one) => one.hidden && !found.has(one)));
  if (keys.length === 0) return [];
  const named = keys.slice(0, NAMED).map(({ key }) => key);
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : '';
  return [
    `${named.join(', ')}${more}: hidden, so nobody can see whether this token is in there; rotation.variables of the configuration can say so`,
  ];
}
