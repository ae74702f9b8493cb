import type { FastifyRequest } from 'fastify';
import { authority, isActivePersonalToken, maintainer, owner } from './access.js';
import {
  badParameters,
  notFound,
  numericParameter,
  paginate,
  parameters,
  Refusal,
  recordNotFound,
  text,
  unauthorized,
} from './answers.js';
import { type Context, signIn, visibleGroup, visibleProject } from './context.js';
import { accessTokenEntity } from './entities.js';
import { isoDate } from './iso-date.js';
import type { AccessLevel, Holder, PersonalToken } from './model.js';

const day = 86_400_000;
const longestDays = 365;
const levels: readonly AccessLevel[] = [10, 20, 30, 40, 50];
const botScopes = [
  ...['api', 'read_api', 'create_runner', 'manage_runner', 'k8s_proxy', 'self_rotate', 'read_repository'],
  ...['write_repository', 'read_registry', 'write_registry', 'read_virtual_registry', 'write_virtual_registry'],
  'ai_features',
];

/** GitLab's service behind the API complains in words, with 400, also of a missing role. */
const rejected = (why: string) => new Refusal(400, { message: `400 Bad request - ${why}` });

/** Access tokens of projects and groups: each has a bot of its own, which is a member there. */
export function registerAccessTokenRoutes(context: Context): void {
  const { app, world } = context;

  for (const [kind, find, level] of [
    ['project', visibleProject, maintainer],
    ['group', visibleGroup, owner],
  ] as const) {
    const path = `/api/v4/${kind}s/:id/access_tokens`;
    const enter = (request: FastifyRequest) => {
      const { user } = signIn(context, request);
      const holder: Holder = find(context, request, user);
      return { user, holder, may: authority(world, holder, user) >= level };
    };
    const tokensOf = (holder: Holder) => world.personalTokens.filter((one) => one.of?.holder === holder);
    const findToken = (request: FastifyRequest, holder: Holder) => {
      const id = numericParameter(request, 'token_id');
      return tokensOf(holder).find((one) => one.id === id);
    };
    const shown = (token: PersonalToken) => {
      if (token.of === undefined) throw new Error('not a token of a project or a group');
      return accessTokenEntity(context, token, token.of);
    };

    app.get(path, (request, reply) => {
      const { holder, may } = enter(request);
      if (!may) throw unauthorized();
      const state = text(parameters(request), 'state');
      const found = tokensOf(holder).filter(
        (one) => state === undefined || (state === 'active') === isActivePersonalToken(one, world.clock()),
      );
      return paginate(request, reply, context.baseUrl(), found).map(shown);
    });

    app.get(`${path}/:token_id`, (request) => {
      const { holder, may } = enter(request);
      if (!may) throw unauthorized();
      const token = findToken(request, holder);
      if (!token) throw notFound(`${kind} Access Token`);
      return shown(token);
    });

    app.post(path, (request, reply) => {
      const { holder, may, user } = enter(request);
      const { access, ...wanted } = checked(request);
      // Whatever its role, the bot of such a token makes no other one.
      if (!may || user.bot) throw rejected(`User does not have permission to create ${kind} access token`);
      if (authority(world, holder, user) < access)
        throw rejected('Access level of the token contains permissions not held by the creating user');
      checkExpiry(wanted.expiresAt, world.clock());
      const token = world.addAccessToken(holder, { ...wanted, level: access });
      return reply.code(201).send({ ...shown(token), token: token.token });
    });

    app.delete(`${path}/:token_id`, (request, reply) => {
      const { holder, may, user } = enter(request);
      const token = findToken(request, holder);
      if (!token) throw notFound(`${kind} Access Token`);
      if (!may) throw rejected(`${user.username} cannot delete ${token.user.username}`);
      token.revoked = true;
      return reply.code(204).send();
    });

    // The old one dies at once; that of a revoked one takes the whole family along.
    app.post(`${path}/:token_id/rotate`, (request) => {
      const { holder, may, user } = enter(request);
      const token = may ? findToken(request, holder) : undefined;
      // Only an administrator is told that there is none.
      if (!token?.of) throw user.admin ? recordNotFound() : unauthorized();
      const expiresAt = text(parameters(request), 'expires_at') ?? isoDate(world.clock() + 7 * day);
      checkExpiry(expiresAt, world.clock());
      if (token.revoked) {
        for (const one of world.personalTokens) if (one.family === token.family) one.revoked = true;
        throw rejected('token already revoked');
      }
      token.revoked = true;
      const { name, scopes, of, family } = token;
      const next = world.addPersonalToken(token.user, { name, scopes, of, family, expiresAt });
      return { ...shown(next), token: next.token };
    });
  }
}

function checked(request: FastifyRequest) {
  const given = parameters(request);
  const name = text(given, 'name');
  const scopes = typeof given.scopes === 'string' ? given.scopes.split(',') : given.scopes;
  const level = Number(text(given, 'access_level') ?? maintainer);
  const access = levels.find((one) => one === level);
  const expiresAt = text(given, 'expires_at') || undefined;
  const complaints: string[] = [];
  if (name === undefined) complaints.push('name is missing');
  if (scopes === undefined || scopes === null) complaints.push('scopes is missing');
  else if (!Array.isArray(scopes)) complaints.push('scopes is invalid');
  else if (!scopes.every((scope) => botScopes.includes(scope))) complaints.push('scopes does not have a valid value');
  if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt))) complaints.push('expires_at is invalid');
  if (access === undefined) complaints.push('access_level does not have a valid value');
  if (complaints.length > 0 || name === undefined || !Array.isArray(scopes) || access === undefined)
    throw badParameters(...complaints);
  if (scopes.length === 0) throw rejected("Scopes can't be blank");
  if (name.length > 255) throw rejected('Name is too long (maximum is 255 characters)');
  return { name, scopes: botScopes.filter((scope) => scopes.includes(scope)), access, expiresAt };
}

/** Where nothing is said, GitLab takes the latest date that it permits. */
function checkExpiry(expiresAt: string | undefined, now: number): void {
  if (expiresAt === undefined) return;
  const latest = isoDate(now + longestDays * day);
  if (expiresAt.slice(0, 10) > latest) throw rejected(`Expires at must be before ${latest}`);
}
