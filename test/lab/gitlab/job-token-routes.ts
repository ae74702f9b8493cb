import type { FastifyRequest } from 'fastify';
import { maintainer } from './access.js';
import { paginate } from './answers.js';
import { type Context, requireLevel, signIn, visibleProject } from './context.js';
import { simpleProject } from './entities.js';
import type { Project } from './model.js';

/** Which projects' job tokens a project lets in. A project is always on its own list. */
export function registerJobTokenRoutes(context: Context): void {
  const { app, world } = context;

  const enter = (request: FastifyRequest): Project => {
    const { user } = signIn(context, request);
    const project = visibleProject(context, request, user);
    requireLevel(context, project, user, maintainer);
    return project;
  };

  app.get('/api/v4/projects/:id/job_token_scope', (request) => ({
    inbound_enabled: enter(request).jobTokenScopeEnabled,
    outbound_enabled: false,
  }));

  app.get('/api/v4/projects/:id/job_token_scope/allowlist', (request, reply) => {
    const project = enter(request);
    const listed = world.projects.filter((one) => one === project || project.jobTokenAllowList.has(one.id));
    return paginate(request, reply, context.baseUrl(), listed).map((one) => simpleProject(context, one));
  });

  app.get('/api/v4/projects/:id/job_token_scope/groups_allowlist', (request, reply) => {
    const project = enter(request);
    const listed = world.groups.filter((one) => project.jobTokenGroups.has(one.id));
    return paginate(request, reply, context.baseUrl(), listed).map(({ id, path, fullPath }) => ({
      id,
      web_url: `${context.baseUrl()}/groups/${fullPath}`,
      name: path,
    }));
  });
}
