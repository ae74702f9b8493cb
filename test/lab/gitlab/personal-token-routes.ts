import type { FastifyRequest } from 'fastify';
import { isActivePersonalToken } from './access.js';
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
import { adminOnly, type Context, signIn, trySignIn } from './context.js';
import { personalTokenEntity } from './entities.js';
import { isoDate } from './iso-date.js';

const longestMs = 365 * 86_400_000;
const userScopes = [
  ...['api', 'read_user', 'read_api', 'read_repository', 'write_repository', 'read_registry', 'write_registry'],
  ...['sudo', 'admin_mode', 'create_runner', 'manage_runner', 'ai_features', 'k8s_proxy', 'self_rotate'],
];

/** Access tokens of people: administrators make them for anybody, and everybody revokes their own. */
export function registerPersonalTokenRoutes(context: Context): void {
  const { app, world } = context;

  // Any token may ask about itself, whatever its scopes.
  app.get('/api/v4/personal_access_tokens/self', (request) => {
    const session = trySignIn(context, request);
    if (!session) throw unauthorized();
    if ('refreshToken' in session.token)
      throw new Refusal(400, {
        message: '400 Bad request - This endpoint requires token type to be a personal access token',
      });
    return personalTokenEntity(context, session.token);
  });

  app.get('/api/v4/personal_access_tokens', (request, reply) => {
    const { user } = signIn(context, request);
    const given = parameters(request);
    const userId = text(given, 'user_id');
    if (!user.admin && userId !== undefined && Number(userId) !== user.id) throw unauthorized();
    const wanted = userId === undefined && user.admin ? undefined : Number(userId ?? user.id);
    const state = text(given, 'state');
    const found = world.personalTokens
      .filter((one) => wanted === undefined || one.user.id === wanted)
      .filter((one) => state === undefined || (state === 'active') === isActivePersonalToken(one, world.clock()));
    return paginate(request, reply, context.baseUrl(), found).map((one) => personalTokenEntity(context, one));
  });

  app.post('/api/v4/users/:user_id/personal_access_tokens', (request, reply) => {
    adminOnly(context, request);
    const wanted = checked(request);
    const user = world.users.find((one) => one.id === numericParameter(request, 'user_id'));
    if (!user) throw notFound('User');
    const latest = isoDate(world.clock() + longestMs);
    const { expiresAt = latest } = wanted;
    if (expiresAt > latest) throw new Refusal(422, { message: `Expiration date must be before ${latest}` });
    const token = world.addPersonalToken(user, { ...wanted, expiresAt });
    return reply.code(201).send({ ...personalTokenEntity(context, token), token: token.token });
  });

  app.delete('/api/v4/personal_access_tokens/:id', (request, reply) => {
    const { user } = signIn(context, request);
    const token = world.personalTokens.find((one) => one.id === numericParameter(request, 'id'));
    if (!token) throw recordNotFound();
    if (!user.admin && token.user !== user) throw new Refusal(400, { message: '400 Bad request' });
    token.revoked = true;
    return reply.code(204).send();
  });
}

function checked(request: FastifyRequest) {
  const given = parameters(request);
  const name = text(given, 'name');
  const scopes = typeof given.scopes === 'string' ? given.scopes.split(',') : given.scopes;
  const expiresAt = text(given, 'expires_at')?.slice(0, 10);
  const complaints: string[] = [];
  if (name === undefined) complaints.push('name is missing');
  if (!Array.isArray(scopes)) complaints.push(scopes === undefined ? 'scopes is missing' : 'scopes is invalid');
  else if (!scopes.every((scope) => userScopes.includes(scope))) complaints.push('scopes does not have a valid value');
  if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt))) complaints.push('expires_at is invalid');
  if (complaints.length > 0 || name === undefined || !Array.isArray(scopes)) throw badParameters(...complaints);
  return { name, scopes: userScopes.filter((scope) => scopes.includes(scope)), expiresAt };
}
