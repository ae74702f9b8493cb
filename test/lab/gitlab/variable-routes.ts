import type { FastifyRequest } from 'fastify';
import { maintainer, owner } from './access.js';
import {
  asRecord,
  badParameters,
  flag,
  invalidRecord,
  notFound,
  type Parameters,
  paginate,
  parameters,
  pathParameter,
  Refusal,
  text,
} from './answers.js';
import { adminOnly, type Context, requireLevel, signIn, visibleGroup, visibleProject } from './context.js';
import { variableEntity } from './entities.js';
import type { Holder, Variable } from './model.js';

type Owner = Holder | 'instance';

const maskable = /^[a-zA-Z0-9_+=/@:.~-]{8,}$/;
const maskableRaw = /^\S{8,}$/;
const maxValueLength = 10_000;

export function registerVariableRoutes(context: Context): void {
  register(context, '/api/v4/admin/ci/variables', (request) => {
    adminOnly(context, request);
    return 'instance';
  });
  register(context, '/api/v4/projects/:id/variables', (request) => {
    const { user } = signIn(context, request);
    const project = visibleProject(context, request, user);
    requireLevel(context, project, user, maintainer);
    return project;
  });
  register(context, '/api/v4/groups/:id/variables', (request) => {
    const { user } = signIn(context, request);
    const group = visibleGroup(context, request, user);
    requireLevel(context, group, user, owner);
    return group;
  });
}

function register(context: Context, path: string, enter: (request: FastifyRequest) => Owner): void {
  const { app, world } = context;
  const of = (holder: Owner) => world.variables.filter((one) => one.holder === holder);
  const find = (request: FastifyRequest, holder: Owner): Variable => {
    const key = pathParameter(request, 'key');
    const scope = text(asRecord(parameters(request).filter), 'environment_scope');
    const fitting = of(holder).filter((one) => one.key === key);
    const found = fitting.filter((one) => scope === undefined || one.environment_scope === scope);
    if (found.length > 1) {
      const advice = "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'";
      throw new Refusal(409, { message: `409 Conflict: ${advice}` });
    }
    const [variable] = found;
    if (!variable)
      throw notFound(
        holder === 'instance' ? 'InstanceVariable' : holder.kind === 'group' ? 'GroupVariable' : 'Variable',
      );
    return variable;
  };

  app.get(path, (request, reply) => {
    const holder = enter(request);
    return paginate(request, reply, context.baseUrl(), of(holder)).map(variableEntity);
  });

  app.get(`${path}/:key`, (request) => variableEntity(find(request, enter(request))));

  app.post(path, (request, reply) => {
    const holder = enter(request);
    const variable = created(context, holder, parameters(request));
    world.variables.push(variable);
    return reply.code(201).send(variableEntity(variable));
  });

  app.put(`${path}/:key`, (request) => {
    const variable = find(request, enter(request));
    const changed = merged(variable, parameters(request), canScope(context, variable.holder));
    validate(world.variables, changed, variable);
    Object.assign(variable, changed);
    return variableEntity(variable);
  });

  app.delete(`${path}/:key`, (request, reply) => {
    const variable = find(request, enter(request));
    world.variables.splice(world.variables.indexOf(variable), 1);
    return reply.code(204).send();
  });
}

function created(context: Context, holder: Owner, given: Parameters): Variable {
  const key = text(given, 'key');
  const value = text(given, 'value');
  if (key === undefined || value === undefined) {
    const missing = [key === undefined ? ['key is missing'] : [], value === undefined ? ['value is missing'] : []];
    throw badParameters(...missing.flat());
  }
  const masksAndHides = holder !== 'instance' && flag(given, 'masked_and_hidden') === true;
  const blank: Variable = {
    holder,
    key,
    value,
    variable_type: 'env_var',
    protected: false,
    masked: masksAndHides,
    hidden: masksAndHides,
    raw: false,
    environment_scope: '*',
    description: null,
  };
  const { masked, ...rest } = given;
  const variable = merged(blank, masksAndHides ? rest : { ...rest, masked }, canScope(context, holder));
  validate(context.world.variables, variable, undefined);
  return variable;
}

/** What isn't sent stays. */
function merged(variable: Variable, given: Parameters, scoped: boolean): Variable {
  const type = text(given, 'variable_type') ?? variable.variable_type;
  if (type !== 'env_var' && type !== 'file') throw badParameters('variable_type does not have a valid value');
  const masked = flag(given, 'masked') ?? variable.masked;
  if (variable.hidden && !masked) {
    throw invalidRecord({ base: ['Updating masked attribute on a hidden variable is not supported.'] });
  }
  return {
    ...variable,
    value: text(given, 'value') ?? variable.value,
    variable_type: type,
    protected: flag(given, 'protected') ?? variable.protected,
    masked,
    raw: flag(given, 'raw') ?? variable.raw,
    environment_scope: (scoped ? text(given, 'environment_scope') : undefined) ?? variable.environment_scope,
    description: text(given, 'description') ?? variable.description,
  };
}

function validate(all: readonly Variable[], variable: Variable, replaced: Variable | undefined): void {
  const errors: Record<string, string[]> = {};
  const { key, value, holder, environment_scope: scope } = variable;
  if (key === '') errors.key = ["can't be blank"];
  else if (key.length > 255) errors.key = ['is too long (maximum is 255 characters)'];
  else if (!/^\w+$/.test(key)) errors.key = ["can contain only letters, digits and '_'."];
  const same = all.some(
    (one) => one !== replaced && one.holder === holder && one.key === key && one.environment_scope === scope,
  );
  if (same) errors.key = [`(${key}) has already been taken`];
  if (value.length > maxValueLength) errors.value = [`is too long (maximum is ${maxValueLength} characters)`];
  else if (variable.masked && !(variable.raw ? maskableRaw : maskable).test(value)) errors.value = ['is invalid'];
  if (Object.keys(errors).length > 0) throw invalidRecord(errors);
}

/** Scopes of group variables need a licence: without it the parameter is ignored. */
function canScope({ settings }: Context, holder: Owner): boolean {
  return holder !== 'instance' && (holder.kind === 'project' || settings.premium);
}
