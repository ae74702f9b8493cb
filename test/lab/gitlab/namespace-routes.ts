import { authority, canSee, lineage, maintainer, memberLevel, owner } from './access.js';
import {
  flag,
  forbidden,
  noRoute,
  numericParameter,
  paginate,
  paginateById,
  parameters,
  recordNotFound,
  text,
} from './answers.js';
import { type Context, requireLevel, signIn, trySignIn, visibleGroup, visibleProject } from './context.js';
import { basicUser, fullProject, groupEntity, simpleProject } from './entities.js';
import type { Holder, User } from './model.js';

/** Projects, groups, their members and audit events. */
export function registerNamespaceRoutes(context: Context): void {
  registerProjects(context);
  registerGroups(context);
  registerMembers(context);
  registerAuditEvents(context);
}

function registerProjects(context: Context): void {
  const { app, world } = context;

  app.get('/api/v4/projects', (request, reply) => {
    const user = trySignIn(context, request) ? signIn(context, request).user : undefined;
    const given = parameters(request);
    const search = text(given, 'search')?.toLowerCase();
    const whole = flag(given, 'search_namespaces') === true;
    const minimum = Number(text(given, 'min_access_level') ?? 0);
    const membership = flag(given, 'membership') === true;
    const simple = flag(given, 'simple') === true || !user;
    const archived = flag(given, 'archived');
    const found = world.projects
      .filter((one) => canSee(context.world, one, user))
      .filter((one) => archived === undefined || one.archived === archived)
      .filter((one) => !search || (whole ? one.fullPath : one.path).toLowerCase().includes(search))
      .filter((one) => !membership || memberLevel(world, one, user) > 0)
      .filter((one) => minimum === 0 || memberLevel(world, one, user) >= minimum);
    const sorted = text(given, 'sort') === 'asc' ? found : found.toReversed();
    const keyset = text(given, 'pagination') === 'keyset';
    const pages = keyset ? paginateById : paginate;
    return pages(request, reply, context.baseUrl(), sorted).map((one) =>
      simple ? simpleProject(context, one) : fullProject(context, one, user),
    );
  });

  app.get('/api/v4/projects/:id', (request) => {
    const user = trySignIn(context, request) ? signIn(context, request).user : undefined;
    const project = visibleProject(context, request, user);
    const statistics = flag(parameters(request), 'statistics') === true && authority(world, project, user) >= 20;
    return fullProject(context, project, user, statistics);
  });
}

function registerGroups(context: Context): void {
  const { app, world } = context;

  app.get('/api/v4/groups', (request, reply) => {
    const { user } = signIn(context, request);
    const search = text(parameters(request), 'search')?.toLowerCase();
    const found = world.groups
      .filter((one) => canSee(world, one, user))
      .filter((one) => !search || one.path.toLowerCase().includes(search))
      .sort((a, b) => a.path.localeCompare(b.path) || a.id - b.id);
    return paginate(request, reply, context.baseUrl(), found).map((one) => groupEntity(context, one));
  });

  app.get('/api/v4/groups/:id', (request) => {
    const { user } = signIn(context, request);
    return groupEntity(context, visibleGroup(context, request, user));
  });

  app.get('/api/v4/groups/:id/descendant_groups', (request, reply) => {
    const { user } = signIn(context, request);
    const group = visibleGroup(context, request, user);
    const found = world.groups
      .filter((one) => one !== group && lineage(one).includes(group) && canSee(world, one, user))
      .sort((a, b) => a.path.localeCompare(b.path) || a.id - b.id);
    return paginate(request, reply, context.baseUrl(), found).map((one) => groupEntity(context, one));
  });

  app.get('/api/v4/groups/:id/projects', (request, reply) => {
    const { user } = signIn(context, request);
    const group = visibleGroup(context, request, user);
    const given = parameters(request);
    const below = flag(given, 'include_subgroups') === true;
    const archived = flag(given, 'archived');
    const found = world.projects
      .filter((one) => archived === undefined || one.archived === archived)
      .filter((one) => (below ? lineage(one).includes(group) : one.group === group))
      .filter((one) => canSee(world, one, user))
      .toReversed();
    return paginate(request, reply, context.baseUrl(), found).map((one) =>
      flag(given, 'simple') ? simpleProject(context, one) : fullProject(context, one, user),
    );
  });
}

function registerMembers(context: Context): void {
  const { app, world } = context;

  const member = (holder: Holder, user: User) => {
    const level = memberLevel(world, holder, user);
    const first = world.memberships.find((one) => one.user === user && lineage(holder).includes(one.holder));
    return {
      ...basicUser(context, user),
      access_level: level,
      created_at: new Date(first?.createdAt ?? 0).toISOString(),
      expires_at: null,
      membership_state: 'active',
    };
  };

  for (const [kind, find] of [
    ['projects', visibleProject],
    ['groups', visibleGroup],
  ] as const) {
    app.get(`/api/v4/${kind}/:id/members/all`, (request, reply) => {
      const holder = find(context, request, signIn(context, request).user);
      const members = world.users.filter((user) => memberLevel(world, holder, user) > 0);
      return paginate(request, reply, context.baseUrl(), members).map((user) => member(holder, user));
    });

    app.get(`/api/v4/${kind}/:id/members/all/:user_id`, (request) => {
      const holder = find(context, request, signIn(context, request).user);
      const user = world.users.find((one) => one.id === numericParameter(request, 'user_id'));
      if (!user || memberLevel(world, holder, user) === 0) throw recordNotFound();
      return member(holder, user);
    });
  }
}

/** The community edition has no such route; without a licence it is forbidden. */
function registerAuditEvents(context: Context): void {
  const { app, world, settings } = context;
  for (const [kind, find, level] of [
    ['projects', visibleProject, maintainer],
    ['groups', visibleGroup, owner],
  ] as const) {
    app.get(`/api/v4/${kind}/:id/audit_events`, (request, reply) => {
      if (!settings.enterprise) throw noRoute();
      const { user } = signIn(context, request);
      const holder = find(context, request, user);
      requireLevel(context, holder, user, level);
      if (!settings.premium) throw forbidden();
      const after = Date.parse(text(parameters(request), 'created_after') ?? '') || 0;
      const found = world.auditEvents.filter((one) => one.holder === holder && one.createdAt >= after).toReversed();
      return paginate(request, reply, context.baseUrl(), found).map((one) => ({
        id: one.id,
        author_id: one.author.id,
        entity_id: holder.id,
        entity_type: holder.kind === 'project' ? 'Project' : 'Group',
        event_name: one.eventName,
        details: { author_name: one.author.username, custom_message: one.message, entity_path: holder.fullPath },
        created_at: new Date(one.createdAt).toISOString(),
      }));
    });
  }
}
