import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './answers.js';
import type { Context } from './context.js';
import { basicCredentials, type Identity, identify, nobody } from './credentials.js';
import { type Access, grant, isPushProtected } from './grants.js';

/** The token that carries the user's name inside the token: GitLab's library default. */
const userInfoLifetimeSeconds = 60;

/** The registry's token endpoint. */
export function registerJwtRoutes(context: Context): void {
  context.app.get('/jwt/auth', (request, reply) => answer(context, request, reply));
}

async function answer(context: Context, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { world, settings } = context;
  const identity = authenticate(context, request);
  const query = new URL(request.url, context.baseUrl()).searchParams;
  if (query.get('service') !== settings.service) return reply.code(404).type('text/html').send('');
  if (settings.registryUrl === undefined) throw refusal(404, 'UNAVAILABLE', 'registry not enabled');
  if (identity.abilities.length === 0) throw refusal(403, 'DENIED', 'access forbidden');
  const scopes = query.getAll('scope').flatMap((one) => one.split(' ').filter((scope) => scope !== ''));
  const accesses = scopes.map((scope) => grant(world, identity, scope)).filter((one) => one !== undefined);
  const somebody = identity.user ?? identity.deployToken ?? identity.project;
  if (accesses.length === 0 && !somebody) throw refusal(403, 'DENIED', 'access forbidden');
  if (accesses.some((access) => isPushProtected(world, identity, access))) {
    throw refusal(403, 'DENIED', 'Pushing to protected repository path forbidden');
  }
  return { token: await issue(context, identity, accesses) };
}

function authenticate(context: Context, request: FastifyRequest): Identity {
  const credentials = basicCredentials(request.headers.authorization);
  if (!credentials) return nobody;
  const identity = identify(context.world, credentials.login, credentials.password);
  if (!identity) {
    if (credentials.login !== 'gitlab-ci-token') context.guard.failed(request.ip);
    throw refusal(401, 'UNAUTHORIZED', accessDenied(context.baseUrl()));
  }
  context.guard.succeeded(request.ip);
  return identity;
}

async function issue(context: Context, identity: Identity, access: readonly Access[]): Promise<string> {
  const { settings, signer, world } = context;
  const now = world.clock() + settings.clockSkewMs;
  const user = await signer.sign({ user_info: userInfo(identity) }, now, userInfoLifetimeSeconds);
  const subject = identity.user?.username;
  const claims = {
    aud: settings.service,
    ...(subject === undefined ? {} : { sub: subject }),
    auth_type: identity.type,
    access,
    user,
  };
  return signer.sign(claims, now, settings.tokenTtlSeconds);
}

function userInfo({ type, user, deployToken }: Identity): Record<string, unknown> | null {
  if (user) return { token_type: type, username: user.username, user_id: user.id };
  if (deployToken) return { token_type: type, username: deployToken.username, deploy_token_id: deployToken.id };
  return null;
}

function accessDenied(base: string): string {
  return (
    'HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or ' +
    "you're required to use a token instead of a password. If a token was provided, it was either incorrect, " +
    `expired, or improperly scoped. See ${base}/help/topics/git/troubleshooting_git.md` +
    '#error-on-git-fetch-http-basic-access-denied'
  );
}

function refusal(status: number, code: string, message: string): Refusal {
  return new Refusal(status, { errors: [{ code, message }] });
}
