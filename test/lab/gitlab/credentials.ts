import { isActiveDeployToken, isActivePersonalToken } from './access.js';
import type { DeployToken, Project, User } from './model.js';
import type { World } from './world.js';

export type Ability = 'read' | 'create' | 'admin' | 'build-read' | 'build-create' | 'build-destroy';

/** Who asks the token endpoint, and what the kind of credentials permits at most. */
export interface Identity {
  readonly type: 'none' | 'gitlab_or_ldap' | 'personal_access_token' | 'deploy_token' | 'build' | 'ci';
  readonly abilities: readonly Ability[];
  readonly user?: User | undefined;
  readonly deployToken?: DeployToken;
  /** The project of a job token. */
  readonly project?: Project;
}

export const nobody: Identity = { type: 'none', abilities: ['read'] };

const full: readonly Ability[] = ['read', 'create', 'admin'];
const knownScopes = new Set([
  ...['api', 'read_api', 'read_user', 'read_repository', 'write_repository', 'read_registry', 'write_registry'],
  ...['sudo', 'admin_mode', 'create_runner', 'manage_runner', 'ai_features', 'k8s_proxy', 'self_rotate'],
]);

/** The login and password of a Basic header; undefined if there is no such header. */
export function basicCredentials(header: string | undefined): { login: string; password: string } | undefined {
  const encoded = /^Basic\s+(.*)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [login = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { login, password: rest.join(':') };
}

/** Tries the kinds in GitLab's order; undefined is a failed login. */
export function identify(world: World, login: string, password: string): Identity | undefined {
  if (password === '') return undefined;
  return (
    jobIdentity(world, login, password) ??
    personalTokenIdentity(world, password) ??
    deployTokenIdentity(world, login, password) ??
    passwordIdentity(world, login, password)
  );
}

function jobIdentity(world: World, login: string, password: string): Identity | undefined {
  if (login !== 'gitlab-ci-token') return undefined;
  const job = world.jobTokens.find((one) => one.token === password && one.running);
  if (!job || job.user?.blocked) return undefined;
  const abilities: readonly Ability[] = ['build-read', 'build-create', 'build-destroy'];
  return { type: job.user ? 'build' : 'ci', abilities, user: job.user, project: job.project };
}

/** The secret alone counts, whatever the login. */
function personalTokenIdentity(world: World, password: string): Identity | undefined {
  const token = world.personalTokens.find((one) => one.token === password);
  if (!token || !isActivePersonalToken(token, world.clock()) || token.user.blocked) return undefined;
  if (!token.scopes.some((scope) => knownScopes.has(scope))) return undefined;
  token.lastUsedAt = world.clock();
  return { type: 'personal_access_token', abilities: abilitiesOf(token.scopes), user: token.user };
}

function deployTokenIdentity(world: World, login: string, password: string): Identity | undefined {
  const token = world.deployTokens.find((one) => one.token === password);
  if (!token || token.username !== login || token.stale) return undefined;
  if (!isActiveDeployToken(token, world.clock())) return undefined;
  return { type: 'deploy_token', abilities: abilitiesOf(token.scopes), deployToken: token };
}

function passwordIdentity(world: World, login: string, password: string): Identity | undefined {
  const name = login.toLowerCase();
  const user = world.users.find((one) => one.username.toLowerCase() === name || one.email.toLowerCase() === name);
  if (!user || user.password !== password || user.blocked || user.twoFactor) return undefined;
  return { type: 'gitlab_or_ldap', abilities: full, user };
}

function abilitiesOf(scopes: readonly string[]): readonly Ability[] {
  if (scopes.includes('api')) return full;
  const abilities: Ability[] = [];
  if (scopes.includes('read_registry')) abilities.push('read');
  if (scopes.includes('write_registry')) abilities.push('create');
  return abilities;
}
