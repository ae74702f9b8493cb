import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authority, canSee, isExpiredPersonalToken } from './access.js';
import { forbidden, notFound, pathParameter, Refusal, unauthorized } from './answers.js';
import type { Group, PersonalToken, Project, User } from './model.js';
import type { OAuthToken } from './oauth.js';
import type { TokenSigner } from './token-signer.js';
import type { World } from './world.js';

/** What an administrator sets; read anew at every request. */
export interface Settings {
  registryUrl: string | undefined;
  tokenTtlSeconds: number;
  clockSkewMs: number;
  readonly version: string;
  readonly service: string;
  /** The package's edition: the community one has no audit event routes at all. */
  readonly enterprise: boolean;
  /** A Premium licence: audit events and scopes of group variables. */
  premium: boolean;
}

export interface LoginGuard {
  failed(address: string): void;
  succeeded(address: string): void;
}

export interface Context {
  readonly app: FastifyInstance;
  readonly world: World;
  readonly settings: Settings;
  readonly signer: TokenSigner;
  readonly guard: LoginGuard;
  baseUrl(): string;
}

/** GitLab's access tokens of OAuth live two hours. */
const OAUTH_TOKEN_MS = 7_200_000;

const readScopes = ['api', 'read_api'];

export interface Session {
  readonly user: User;
  readonly token: PersonalToken | OAuthToken;
}

/** The caller of an API request; the method decides between api and read_api. */
export function signIn(context: Context, request: FastifyRequest, more: readonly string[] = []): Session {
  const session = trySignIn(context, request);
  if (!session) throw unauthorized();
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const wanted = [...(reads ? readScopes : ['api']), ...more];
  if (!session.token.scopes.some((scope) => wanted.includes(scope))) {
    throw new Refusal(403, {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
      scope: wanted.join(' '),
    });
  }
  return session;
}

/** Nobody is undefined; a bad token is refused whatever the route. No scope is asked for. */
export function trySignIn(context: Context, request: FastifyRequest): Session | undefined {
  const secret = presentedToken(request);
  if (secret === undefined) return undefined;
  const { world } = context;
  const oauth = isBearer(request) ? world.oauth.tokens.find((one) => one.token === secret) : undefined;
  const token = oauth ?? world.personalTokens.find((one) => one.token === secret);
  if (!token) throw unauthorized();
  if (token.revoked) throw invalidToken('Token was revoked. You have to re-authorize from the user.');
  if (isExpired(token, world.clock())) {
    throw invalidToken('Token is expired. You can either do re-authorization or token refresh.');
  }
  if (token.user.blocked) throw forbidden('Your account has been blocked.');
  if ('lastUsedAt' in token) token.lastUsedAt = world.clock();
  return { user: token.user, token };
}

export function adminOnly(context: Context, request: FastifyRequest): User {
  const { user } = signIn(context, request);
  if (!user.admin) throw forbidden();
  return user;
}

export function visibleProject(context: Context, request: FastifyRequest, user: User | undefined): Project {
  const project = named(context.world.projects, pathParameter(request, 'id'));
  if (!project || !canSee(context.world, project, user)) throw notFound('Project');
  return project;
}

export function visibleGroup(context: Context, request: FastifyRequest, user: User | undefined): Group {
  const group = named(context.world.groups, pathParameter(request, 'id'));
  if (!group || !canSee(context.world, group, user)) throw notFound('Group');
  return group;
}

export function requireLevel(context: Context, holder: Project | Group, user: User, level: number): void {
  if (authority(context.world, holder, user) < level) throw forbidden();
}

function named<T extends Project | Group>(all: readonly T[], id: string): T | undefined {
  if (/^\d+$/.test(id)) return all.find((one) => one.id === Number(id));
  return all.find((one) => one.fullPath.toLowerCase() === id.toLowerCase());
}

function isExpired(token: PersonalToken | OAuthToken, now: number): boolean {
  return 'refreshToken' in token ? now >= token.createdAt + OAUTH_TOKEN_MS : isExpiredPersonalToken(token, now);
}

function isBearer(request: FastifyRequest): boolean {
  return request.headers['private-token'] === undefined;
}

function presentedToken(request: FastifyRequest): string | undefined {
  const header = request.headers['private-token'];
  if (typeof header === 'string' && header !== '') return header;
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function invalidToken(description: string): Refusal {
  return new Refusal(401, { error: 'invalid_token', error_description: description });
}
