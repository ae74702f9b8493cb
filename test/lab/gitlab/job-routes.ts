import type { FastifyRequest } from 'fastify';
import { reporter } from './access.js';
import { notFound, numericParameter, paginate, parameters } from './answers.js';
import { type Context, requireLevel, signIn, visibleProject } from './context.js';
import { jobEntity } from './entities.js';
import type { Job, Project } from './model.js';

export function registerJobRoutes(context: Context): void {
  const { app, world } = context;

  const enter = (request: FastifyRequest): Project => {
    const { user } = signIn(context, request);
    const project = visibleProject(context, request, user);
    requireLevel(context, project, user, reporter);
    return project;
  };
  const findJob = (request: FastifyRequest): Job => {
    const project = enter(request);
    const id = numericParameter(request, 'job_id');
    const job = world.jobs.find((one) => one.project === project && one.id === id);
    if (!job) throw notFound();
    return job;
  };

  app.get('/api/v4/projects/:id/jobs', (request, reply) => {
    const project = enter(request);
    const given = parameters(request);
    const scopes = [given.scope ?? []].flat();
    const found = world.jobs
      .filter((one) => one.project === project && (scopes.length === 0 || scopes.includes(one.status)))
      .toReversed();
    return paginate(request, reply, context.baseUrl(), found).map((one) => jobEntity(context, one));
  });
  app.get('/api/v4/projects/:id/jobs/:job_id', (request) => jobEntity(context, findJob(request)));
  app.get('/api/v4/projects/:id/jobs/:job_id/trace', (request, reply) =>
    reply.type('text/plain; charset=utf-8').send(findJob(request).trace),
  );
}
