import type { FastifyInstance } from 'fastify';
import type { Instance } from '../config/schema.js';
import type { ConfigSource } from '../config/source.js';
import type { Logger } from '../log.js';
import type { Dispatcher } from '../queue/dispatcher.js';
import { channelOf } from './channels.js';
import { type ExpiringToken, warningOf } from './expiring.js';
import { askedByGitLab, failureJob } from './hook-jobs.js';
import { readHook } from './job-hook.js';
import { isGenuine } from './verify.js';

/**
 * `POST /hooks/gitlab/INSTANCE`: GitLab tells of a job, or of a token that expires. Answers 200 as soon as that is stored, on disk when Redis is
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
    const path = reading.is === 'failed-job' ? reading.job.project : reading.token.owner.path;
    const replyTo = channelOf(path, instance);
    if (replyTo === undefined) return { done: 'nothing', why: `no channel is configured for ${path}` };
    if (reading.is === 'failed-job')
      await dispatcher.dispatch('diagnosis', failureJob(reading.job, instance, replyTo, now()));
    else
      await dispatcher.dispatch('expiring', {
        ...askedByGitLab(replyTo, now()),
        ...expiry(reading.token, instance, now()),
      });
    return { done: 'stored' };
  });
}

/** The same for each of GitLab's warnings of a token, by whichever hook. */
function expiry(token: ExpiringToken, { name }: Instance, now: number) {
  const { kind, id, expiresAt } = token;
  return {
    requestId: `gitlab-expiring-${name}-${kind}-${id}-${expiresAt}-${warningOf(token, now)}`,
    token,
    hook: { instance: name },
  };
}

function secretsOf({ secret, signingKey }: NonNullable<Instance['hook']>, config: ConfigSource) {
  return {
    ...(secret === undefined ? {} : { token: config.secret(secret) }),
    ...(signingKey === undefined ? {} : { signingKey: config.secret(signingKey) }),
  };
}
