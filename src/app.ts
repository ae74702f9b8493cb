import { COMMANDS } from '../commands/index.js';
import { serveReplies } from '../workers/replies.js';
import { openIdentities } from './access/identities.js';
import { openLinks } from './access/link/offer.js';
import { addLinks } from './access/link/routes.js';
import { openLinkStore } from './access/link/store.js';
import { openFrontDesk } from './chat/front-desk.js';
import { speaking } from './chat/languages/speaking.js';
import { MattermostChat } from './chat/mattermost/chat.js';
import type { Chat } from './chat/port.js';
import { SlackChat } from './chat/slack/chat.js';
import type { MattermostConfig } from './config/mattermost.js';
import type { ConfigSource } from './config/source.js';
import { addHooks } from './hooks/routes.js';
import type { Logger } from './log.js';
import { openExposition } from './metrics/exposition.js';
import { onRedisError, workerConnection } from './queue/connection.js';
import { Dispatcher } from './queue/dispatcher.js';
import { replyQueueName } from './queue/replies.js';
import type { Running } from './running.js';
import type { Seal } from './secrets/seal.js';
import { openSeal } from './secrets/sealing-key.js';
import { addHealth } from './web/health.js';
import { startWeb } from './web/server.js';

/** Composition root of the chat side: adapters, the desk, the outbox, and the delivery of answers. */
export async function startApp(
  config: ConfigSource,
  redisUrl: string,
  log: Logger,
): Promise<Running & { slack?: SlackChat; webPort?: number }> {
  const { dataDir, chat } = config.current();
  const redis = workerConnection(redisUrl);
  onRedisError(redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
  const linked = openLinkStore(redisUrl, log, Date.now);
  const links = openLinks(config, linked.store);
  const identities = openIdentities(config, linked.store);
  const dispatcher = new Dispatcher(redisUrl, dataDir, log);
  const slack = chat.slack === undefined ? undefined : openSlack(config, chat.slack, redis, log);
  const seal = openSeal(config);
  const mattermost =
    chat.mattermost === undefined ? undefined : openMattermost(config, chat.mattermost, redis, seal, log);
  const chats = [slack, mattermost]
    .filter((one) => one !== undefined)
    .map((one: Chat) => speaking(one, () => config.current().chat.language));
  const deliveries = chats.map((one) =>
    serveReplies(
      replyQueueName({ platform: one.platform, channel: '' }),
      one,
      redis,
      log,
      seal,
      () => config.current().chat.quietHours,
    ),
  );
  for (const one of chats)
    await one.start(
      openFrontDesk({ commands: COMMANDS, dispatcher, chat: one, links, config, identities, now: Date.now }),
    );
  const exposition = openExposition(redis, config, Date.now);
  const web = await startWeb(
    config,
    log,
    (server) => addHooks(server, config, dispatcher, log, Date.now),
    (server) => addLinks(server, config, linked.store, log),
    (server) => mattermost?.addRoutes(server),
    (server) => addHealth(server, redis, () => dispatcher.workers('status'), exposition),
  );
  return {
    ...(slack === undefined ? {} : { slack }),
    ...(web === undefined ? {} : { webPort: web.port }),
    async stop() {
      await web?.stop();
      await exposition.close();
      await Promise.all(chats.map((one) => one.stop()));
      await Promise.all(deliveries.map((worker) => worker.close()));
      await dispatcher.close();
      redis.disconnect();
      linked.close();
    },
  };
}

function openMattermost(
  config: ConfigSource,
  mattermost: MattermostConfig,
  redis: ReturnType<typeof workerConnection>,
  seal: Seal,
  log: Logger,
): MattermostChat {
  const commands = Object.entries(mattermost.commands).map(([team, token]) => [team, config.secret(token)] as const);
  const secrets = { token: config.secret(mattermost.token), commands: Object.fromEntries(commands) };
  return new MattermostChat(mattermost, secrets, { redis, seal, log, now: Date.now });
}

function openSlack(
  config: ConfigSource,
  slack: NonNullable<ReturnType<ConfigSource['current']>['chat']['slack']>,
  redis: ReturnType<typeof workerConnection>,
  log: Logger,
): SlackChat {
  return new SlackChat(
    slack,
    {
      botToken: config.secret(slack.botToken),
      ...(slack.appToken === undefined ? {} : { appToken: config.secret(slack.appToken) }),
      ...(slack.signingSecret === undefined ? {} : { signingSecret: config.secret(slack.signingSecret) }),
    },
    redis,
    log,
  );
}
