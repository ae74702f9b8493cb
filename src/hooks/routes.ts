import type { FastifyInstance } from 'fastify';
import type { Instance } from '../config/schema.js';
import type { ConfigSource } from '../config/source.js';
import type { Logger } from '../log.js';
import type { Dispatcher } from '../queue/dispatcher.js';
import { channelOf } from './channels.js';
import { readHook } from './job-hook.js';
import { isGenuine } from './verify.js';

/** A failure that could not be diagnosed for so long is no news any more. Milliseconds. */
const USE_BY_MS = 6 * 3_600_000;

/**
 * `POST /hooks/gitlab/INSTANCE`: GitLab tells of a job. Answers 200 as soon as the job is stored, on disk when Redis is
 * down, for GitLab gives 10 seconds and switches a hook off that fails; and also when there is nothing to do.
 *
 * Refused are only what is no GitLab's (401), what is too large (413) and what nobody could understand (400).
 */
export function addHooks(
  app: FastifyInstance,
  config: ConfigSource,
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  log: Logger,
  now: () => number,
): void {
  app.post<{ Params: { instance: string } }>('/hooks/gitlab/:instance', async (request, reply) => {
    const instance = config.current().instances.find(({ name }) => name === request.params.instance);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    // One answer for an unknown instance and a wrong secret: nobody learns which instances there are.
    if (instance?.hook === undefined || !isGenuine(request.headers, body, secretsOf(instance.hook, config), now())) {
      log.warn(
        { part: 'gitlab', from: request.ip },
        'a webhook was refused: unknown instance, or a wrong or missing secret',
      );
      return reply.code(401).send({ error: 'the instance is unknown, or the secret or signature is wrong' });
    }
    const reading = readHook(body.toString('utf8'));
    if (reading.is === 'not-understood') {
      log.warn({ part: 'gitlab', instance: instance.name }, 'a webhook is not understood');
      return reply.code(400).send({ error: 'this is no event of GitLab' });
    }
    if (reading.is === 'nothing') return { done: 'nothing', why: reading.why };
    const { job } = reading;
    const channel = channelOf(job.project, instance);
    if (channel === undefined) return { done: 'nothing', why: `no channel is configured for ${job.project}` };
    await dispatcher.dispatch('diagnosis', {
      task: 'log',
      // The same for a hook that comes twice, and for the same job by another hook of the project's group.
      requestId: `gitlab-hook-${instance.name}-${job.id}`,
      person: { platform: 'slack', id: 'gitlab' },
      replyTo: { platform: 'slack', channel, person: '' },
      useBy: now() + USE_BY_MS,
      log: { kind: 'gitlab-job', url: `${instance.gitlab.url}/${job.project}/-/jobs/${job.id}` },
      hook: { instance: instance.name, project: job.project },
    });
    return { done: 'stored' };
  });
}

function secretsOf({ secret, signingKey }: NonNullable<Instance['hook']>, config: ConfigSource) {
  return {
    ...(secret === undefined ? {} : { token: config.secret(secret) }),
    ...(signingKey === undefined ? {} : { signingKey: config.secret(signingKey) }),
  };
}
