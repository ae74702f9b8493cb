import { COMMANDS } from '../commands/index.js';
import { serveReplies } from '../workers/replies.js';
import { openIdentities } from './access/identities.js';
import { openLinks } from './access/link/offer.js';
import { openLinkStore } from './access/link/store.js';
import type { Answer } from './chat/answer.js';
import { openFrontDesk } from './chat/front-desk.js';
import { speaking } from './chat/languages/speaking.js';
import type { ChatRequest } from './chat/request.js';
import { TerminalChat, type TerminalOptions } from './chat/terminal/chat.js';
import type { ConfigSource } from './config/source.js';
import type { Logger } from './log.js';
import { onRedisError, workerConnection } from './queue/connection.js';
import { Dispatcher } from './queue/dispatcher.js';
import { replyQueueName } from './queue/replies.js';
import type { Running } from './running.js';
import { openSeal } from './secrets/sealing-key.js';

export interface RunningTerminal extends Running {
  converse(): Promise<void>;
  /** For the tour: one line, and the final answer to it. */
  say(line: string, log?: ChatRequest['log']): Promise<Answer | undefined>;
}

/** Composition root of the chat in a terminal: the same desk and queues, its own replies. */
export async function startTerminal(
  config: ConfigSource,
  redisUrl: string,
  log: Logger,
  options: Omit<TerminalOptions, 'words'>,
): Promise<RunningTerminal> {
  const redis = workerConnection(redisUrl);
  onRedisError(redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
  const dispatcher = new Dispatcher(redisUrl, config.current().dataDir, log);
  const chat = new TerminalChat({ ...options, words: COMMANDS.map(({ name }) => name) });
  const spoken = speaking(chat, () => config.current().chat.language);
  const deliveries = serveReplies(
    replyQueueName({ platform: 'terminal', channel: chat.session }),
    spoken,
    redis,
    log,
    openSeal(config),
    () => undefined,
  );
  const linked = openLinkStore(redisUrl, log, Date.now);
  const links = openLinks(config, linked.store);
  const identities = openIdentities(config, linked.store);
  const handlers = openFrontDesk({
    commands: COMMANDS,
    dispatcher,
    chat: spoken,
    links,
    config,
    identities,
    now: Date.now,
  });
  await deliveries.waitUntilReady();
  return {
    converse: () => chat.converse(handlers),
    say: (line, pasted) => chat.say(line, handlers, pasted),
    async stop() {
      await chat.stop();
      await deliveries.close();
      await dispatcher.close();
      redis.disconnect();
      linked.close();
    },
  };
}
