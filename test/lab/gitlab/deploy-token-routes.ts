import type { FastifyRequest } from 'fastify';
import { isActiveDeployToken, maintainer, owner } from './access.js';
import {
  badParameters,
  flag,
  numericParameter,
  paginate,
  parameters,
  Refusal,
  recordNotFound,
  text,
} from './answers.js';
import { adminOnly, type Context, requireLevel, signIn, visibleGroup, visibleProject } from './context.js';
import { deployTokenEntity } from './entities.js';
import { type DeployToken, deployTokenScopes, type Holder, type User } from './model.js';
import type { NewDeployToken } from './world.js';

export function registerDeployTokenRoutes(context: Context): void {
  const { app, world } = context;

  const listed = (request: FastifyRequest, tokens: readonly DeployToken[]) => {
    const onlyActive = flag(parameters(request), 'active') === true;
    return tokens.filter((one) => !onlyActive || isActiveDeployToken(one, world.clock()));
  };

  app.get('/api/v4/deploy_tokens', (request, reply) => {
    adminOnly(context, request);
    const page = paginate(request, reply, context.baseUrl(), listed(request, world.deployTokens));
    return page.map((one) => deployTokenEntity(context, one));
  });

  for (const [kind, find, changeLevel] of [
    ['projects', visibleProject, maintainer],
    ['groups', visibleGroup, owner],
  ] as const) {
    const path = `/api/v4/${kind}/:id/deploy_tokens`;
    const enter = (request: FastifyRequest, level: number): { holder: Holder; user: User } => {
      const { user } = signIn(context, request);
      const holder = find(context, request, user);
      requireLevel(context, holder, user, level);
      return { holder, user };
    };
    const findToken = (request: FastifyRequest, holder: Holder): DeployToken => {
      const id = numericParameter(request, 'token_id');
      const token = world.deployTokens.find((one) => one.holder === holder && one.id === id);
      if (!token) throw recordNotFound();
      return token;
    };

    app.get(path, (request, reply) => {
      const { holder } = enter(request, maintainer);
      const own = world.deployTokens.filter((one) => one.holder === holder);
      const page = paginate(request, reply, context.baseUrl(), listed(request, own));
      return page.map((one) => deployTokenEntity(context, one));
    });

    app.get(`${path}/:token_id`, (request) => {
      const { holder } = enter(request, maintainer);
      return deployTokenEntity(context, findToken(request, holder));
    });

    app.post(path, (request, reply) => {
      const { holder, user } = enter(request, changeLevel);
      const token = world.addDeployToken(holder, checked(request));
      audit(context, token, user);
      return reply.code(201).send({ ...deployTokenEntity(context, token), token: token.token });
    });

    app.delete(`${path}/:token_id`, (request, reply) => {
      const { holder } = enter(request, changeLevel);
      world.deployTokens.splice(world.deployTokens.indexOf(findToken(request, holder)), 1);
      return reply.code(204).send();
    });
  }
}

function checked(request: FastifyRequest): NewDeployToken {
  const given = parameters(request);
  const name = text(given, 'name');
  const scopes = typeof given.scopes === 'string' ? given.scopes.split(',') : given.scopes;
  const complaints: string[] = [];
  if (name === undefined) complaints.push('name is missing');
  if (scopes === undefined || scopes === null) complaints.push('scopes is missing');
  else if (!Array.isArray(scopes)) complaints.push('scopes is invalid');
  else if (!scopes.every((scope) => isKnownScope(scope))) complaints.push('scopes does not have a valid value');
  const expiresAt = text(given, 'expires_at') || undefined;
  if (expiresAt !== undefined && Number.isNaN(Date.parse(expiresAt))) complaints.push('expires_at is invalid');
  if (complaints.length > 0 || name === undefined || !Array.isArray(scopes)) throw badParameters(...complaints);
  const username = text(given, 'username') || undefined;
  const faults = recordFaults(name, scopes, username);
  if (faults.length > 0) throw new Refusal(400, { message: faults.join(' and ') });
  return { name, scopes: deployTokenScopes.filter((scope) => scopes.includes(scope)), username, expiresAt };
}

function recordFaults(name: string, scopes: readonly unknown[], username: string | undefined): string[] {
  const faults: string[] = [];
  if (scopes.length === 0) faults.push("Scopes can't be blank");
  if (username !== undefined && username.length > 255) faults.push('Username is too long (maximum is 255 characters)');
  if (username !== undefined && !/^[a-zA-Z0-9.+_-]+$/.test(username)) {
    faults.push("Username can contain only letters, digits, '_', '-', '+', and '.'");
  }
  if (name.length > 255) faults.push('Name is too long (maximum is 255 characters)');
  return faults;
}

function isKnownScope(scope: unknown): boolean {
  return deployTokenScopes.some((known) => known === scope);
}

function audit({ world }: Context, token: DeployToken, author: User): void {
  const { holder } = token;
  const scopes = `[${token.scopes.map((scope) => `:${scope}`).join(', ')}]`;
  world.auditEvents.push({
    id: world.nextId('audit event'),
    holder,
    author,
    eventName: holder.kind === 'project' ? 'deploy_token_created' : 'group_deploy_token_created',
    message: `Created ${holder.kind} deploy token with name: ${token.name} with token_id: ${token.id} with scopes: ${scopes}`,
    createdAt: world.clock(),
  });
}
