import type { FastifyRequest } from 'fastify';
import { canPull, lineage, maintainer } from './access.js';
import {
  flag,
  forbidden,
  notFound,
  numericParameter,
  paginate,
  parameters,
  pathParameter,
  recordNotFound,
} from './answers.js';
import { type Context, requireLevel, signIn, visibleGroup, visibleProject } from './context.js';
import { repositoryEntity, ruleEntity, tagDetails, tagEntity } from './entities.js';
import type { Project, Repository } from './model.js';

/** Repositories, tags and protection rules of the container registry. */
export function registerRegistryRoutes(context: Context): void {
  const { app, world } = context;

  const enter = (request: FastifyRequest): Project => {
    const { user } = signIn(context, request);
    const project = visibleProject(context, request, user);
    if (!canPull(world, project, user)) throw forbidden();
    return project;
  };
  const findRepository = (request: FastifyRequest): Repository => {
    const project = enter(request);
    const id = numericParameter(request, 'repository_id');
    const found = world.repositories.find((one) => one.project === project && one.id === id);
    if (!found) throw recordNotFound();
    return found;
  };

  app.get('/api/v4/projects/:id/registry/repositories', (request, reply) => {
    const project = enter(request);
    const given = parameters(request);
    const parts = { tags: flag(given, 'tags') === true, count: flag(given, 'tags_count') === true };
    const found = world.repositories.filter((one) => one.project === project);
    return paginate(request, reply, context.baseUrl(), found).map((one) => repositoryEntity(context, one, parts));
  });

  app.get('/api/v4/groups/:id/registry/repositories', (request, reply) => {
    const { user } = signIn(context, request);
    const group = visibleGroup(context, request, user);
    const found = world.repositories.filter(
      ({ project }) => lineage(project).includes(group) && canPull(world, project, user),
    );
    const parts = { tags: false, count: false };
    return paginate(request, reply, context.baseUrl(), found).map((one) => repositoryEntity(context, one, parts));
  });

  app.get('/api/v4/projects/:id/registry/repositories/:repository_id/tags', (request, reply) => {
    const repository = findRepository(request);
    const names = [...repository.tags.keys()].sort();
    return paginate(request, reply, context.baseUrl(), names).map((name) => tagEntity(context, repository, name));
  });

  app.get('/api/v4/projects/:id/registry/repositories/:repository_id/tags/:tag_name', (request) => {
    const details = tagDetails(context, findRepository(request), pathParameter(request, 'tag_name'));
    if (!details) throw notFound('Tag');
    return details;
  });

  app.get('/api/v4/projects/:id/registry/protection/repository/rules', (request) => {
    const { user } = signIn(context, request);
    const project = visibleProject(context, request, user);
    requireLevel(context, project, user, maintainer);
    return world.protectionRules.filter((one) => one.project === project).map(ruleEntity);
  });

  app.get('/api/v4/projects/:id/registry/protection/tag/rules', (request) => {
    const { user } = signIn(context, request);
    const project = visibleProject(context, request, user);
    requireLevel(context, project, user, maintainer);
    return world.tagRules.filter((one) => one.project === project).map(ruleEntity);
  });
}
