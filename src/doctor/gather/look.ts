import type { MattermostConfig } from '../../config/mattermost.js';
import type { SlackConfig } from '../../config/schema.js';
import type { Finding } from '../finding.js';
import { skipped } from '../finding.js';
import type { DoctorContext, OpenRedis } from './context.js';
import { lookAtInstance } from './instance.js';
import { lookAtMattermost } from './mattermost.js';
import { lookAtPart } from './part.js';
import { lookAtQueues } from './queues.js';
import { lookAtRedis } from './redis.js';
import { lookAtSlack } from './slack.js';
import { lookAtVersions } from './versions.js';

/** Looks at Registrar itself, at everything side by side. Never rejects for a part of the world. */
export async function lookAtRegistrar(context: DoctorContext): Promise<Finding[]> {
  const { instances, chat } = context.config.current();
  const redis = once(context.redis);
  const found = await Promise.all([
    lookAtPart('redis', 'start Redis, or leave redis out of the configuration for a private one', async () =>
      lookAtRedis(await redis()),
    ),
    queues(redis, context),
    lookAtPart('versions', 'npm ci, in Registrar’s folder', lookAtVersions),
    ...(chat.slack === undefined ? [] : [slack(chat.slack, context)]),
    ...(chat.mattermost === undefined ? [] : [mattermost(chat.mattermost, context)]),
    ...instances.map((one) => lookAtInstance(one, { ...context, redis })),
  ]);
  return found.flat();
}

function slack(slack: SlackConfig, { config }: DoctorContext): Promise<Finding[]> {
  return lookAtPart('slack', `curl -sS ${slack.apiUrl}/api.test, from this machine`, () => lookAtSlack(slack, config));
}

function mattermost(mattermost: MattermostConfig, { config }: DoctorContext): Promise<Finding[]> {
  const ping = `curl -sS ${mattermost.url}/api/v4/system/ping, from this machine`;
  return lookAtPart('mattermost', ping, () => lookAtMattermost(mattermost, config));
}

/** That Redis is away is told once. */
async function queues(redis: () => Promise<OpenRedis>, context: DoctorContext): Promise<Finding[]> {
  let open: OpenRedis;
  try {
    open = await redis();
  } catch {
    return [skipped('queues, workers', 'not looked at: they live in Redis')];
  }
  return lookAtPart('queues, workers', 'registrar doctor, once more', () => lookAtQueues(open, context));
}

function once<T>(call: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= call();
    return asked;
  };
}
