import {
  App,
  type BlockAction,
  type Logger as BoltLogger,
  type ButtonAction,
  HTTPReceiver,
  LogLevel,
  SocketModeReceiver,
} from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Redis } from 'ioredis';
import type { SlackConfig } from '../../config/schema.js';
import { messageOf } from '../../errors.js';
import type { Logger } from '../../log.js';
import type { ReplyJob } from '../../queue/jobs.js';
import type { Answer } from '../answer.js';
import type { Asked, Chat, Handlers } from '../port.js';
import type { ReplyAddress } from '../request.js';
import { handOn } from '../spoken.js';
import { deliverToSlack } from './deliver.js';
import { openLocales } from './locales.js';
import { ofCommand, ofMessage, ofShortcut } from './receive.js';
import { readButton, renderSlack } from './render.js';
import { FORM_VIEW, formView, type SlackSubmission, submissionOf } from './view.js';

/** Time that one call of Slack's API may take. Milliseconds; the client's default is no limit at all. */
const CALL_MS = 10_000;
/**
 * The socket counts as dead when no pong came for this long, and a lost one is replaced after it. Milliseconds.
 * The package's default of 5 s is a gap of 5 s at each of Slack's announced disconnects.
 */
const PING_MS = 2_000;

export const SHORTCUT = 'registrar-diagnose-message';

export interface SlackSecrets {
  botToken: string;
  appToken?: string;
  signingSecret?: string;
}

/** Slack through Bolt, by Socket Mode or HTTP. Acknowledges before anything else; holds no business. */
export class SlackChat implements Chat {
  readonly platform = 'slack';
  readonly #app: App;
  readonly #client: WebClient;
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #config: SlackConfig;
  readonly #locales: ReturnType<typeof openLocales>;
  #botUserId = '';
  /** Of the HTTP server, once started; undefined in Socket Mode. */
  port: number | undefined;

  constructor(config: SlackConfig, secrets: SlackSecrets, redis: Redis, log: Logger) {
    this.#config = config;
    this.#redis = redis;
    this.#log = log;
    const logger = boltLogger(log);
    this.#client = new WebClient(secrets.botToken, { ...clientOptions(config), logger });
    this.#locales = openLocales(this.#client, Date.now);
    const receiver =
      config.mode === 'socket'
        ? new SocketModeReceiver({
            appToken: secrets.appToken ?? '',
            logger,
            clientPingTimeout: PING_MS,
            installerOptions: { clientOptions: clientOptions(config) },
          })
        : new HTTPReceiver({ signingSecret: secrets.signingSecret ?? '', logger });
    // A token that Slack refuses would be an unhandled rejection in the constructor: hence the late init.
    this.#app = new App({
      token: secrets.botToken,
      receiver,
      clientOptions: clientOptions(config),
      logger,
      deferInitialization: true,
      // Nothing here reads a conversation's state, and the package's store makes an error of each request without one.
      convoStore: false,
    });
  }

  async start(handlers: Handlers): Promise<void> {
    this.#listen(handlers);
    await this.#app.init();
    const self = await this.#client.auth.test();
    this.#botUserId = self.user_id ?? '';
    const server = await this.#app.start(this.#config.port);
    const address = this.#config.mode === 'http' && 'address' in server ? server.address() : undefined;
    this.port = typeof address === 'object' && address !== null ? address.port : undefined;
  }

  localeOf(person: string): Promise<string | undefined> {
    return this.#locales(person);
  }

  async stop(): Promise<void> {
    await this.#app.stop();
  }

  deliver(reply: ReplyJob): Promise<void> {
    return deliverToSlack(reply, this.#client, this.#redis);
  }

  async tell({ channel, thread, person }: ReplyAddress, answer: Answer): Promise<void> {
    const message = {
      ...renderSlack(answer, ''),
      ...(thread === undefined ? {} : { thread_ts: thread }),
      unfurl_links: false,
    };
    try {
      if (answer.quiet === true && !channel.startsWith('D'))
        await this.#client.chat.postEphemeral({ channel, user: person, ...message });
      else await this.#client.chat.postMessage({ channel, ...message });
    } catch (error) {
      this.#log.warn({ part: 'slack', error: messageOf(error) }, 'not told in the channel; trying a direct message');
      const direct = (await this.#client.conversations.open({ users: person })).channel?.id;
      if (direct !== undefined) await this.#client.chat.postMessage({ channel: direct, ...renderSlack(answer, '') });
    }
  }

  #listen(handlers: Handlers): void {
    const app = this.#app;
    app.error(async (error) =>
      this.#log.error({ part: 'slack', error: messageOf(error) }, 'a request from slack failed'),
    );

    app.command('/registry', async ({ command, ack }) => {
      await ack();
      const request = ofCommand(command);
      await this.#ask(await handlers.request(request), command.trigger_id, command.channel_id);
    });

    app.shortcut({ callback_id: SHORTCUT, type: 'message_action' }, async ({ shortcut, ack }) => {
      await ack();
      await handlers.request(ofShortcut(shortcut as Parameters<typeof ofShortcut>[0]));
    });

    app.view(FORM_VIEW, async ({ view, body, ack }) => {
      const submission = submissionOf({
        id: view.id,
        hash: view.hash,
        user: body.user.id,
        private_metadata: view.private_metadata,
        values: view.state.values as SlackSubmission['values'],
      });
      if (submission === undefined) return ack();
      const judged = handlers.submit(submission);
      if ('faults' in judged) return ack({ response_action: 'errors', errors: { ...judged.faults } });
      await ack();
      await judged.carryOut();
    });

    app.event('app_mention', async ({ event, context }) => {
      await this.#message({ team: context.teamId ?? '', ...event, user: event.user ?? '' }, handlers);
    });

    app.event('message', async ({ event, context }) => {
      if (event.channel_type !== 'im' || (event.subtype !== undefined && event.subtype !== 'file_share')) return;
      if (event.user === undefined || ('bot_id' in event && event.bot_id !== undefined)) return;
      await this.#message({ team: context.teamId ?? '', ...event, user: event.user }, handlers);
    });

    app.action<BlockAction<ButtonAction>>(
      { type: 'block_actions', action_id: /^registrar:/ },
      async ({ action, body, ack }) => {
        await ack();
        const button = readButton(action.action_id, action.value);
        const channel = body.channel?.id;
        if (button === undefined || channel === undefined) return;
        const thread = body.message?.thread_ts as string | undefined;
        const asked = await handlers.action({
          id: `slack-action-${body.trigger_id ?? action.action_ts}`,
          person: { platform: 'slack', id: body.user.id },
          replyTo: { platform: 'slack', channel, person: body.user.id, ...(thread === undefined ? {} : { thread }) },
          action: button.action,
          value: button.value,
          message: button.key,
        });
        await this.#ask(asked, body.trigger_id, channel, thread);
      },
    );
  }

  async #message(message: Parameters<typeof ofMessage>[0], handlers: Handlers): Promise<void> {
    const request = ofMessage(message, this.#botUserId);
    await handOn(request, handlers, this);
  }

  /** A trigger lives three seconds: the dialog opens before anything else is done. */
  async #ask(asked: Asked, trigger_id: string | undefined, channel: string, thread?: string): Promise<void> {
    if (asked === 'done' || trigger_id === undefined) return;
    await this.#client.views.open({ trigger_id, view: formView(asked, channel, thread) });
  }
}

/** The queue owns the retries: the client's own would repeat a post that had arrived, for half an hour. */
export function clientOptions({ apiUrl }: Pick<SlackConfig, 'apiUrl'>): WebClientOptions {
  // A new object each time: the packages write into it.
  return { slackApiUrl: `${apiUrl}/`, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: CALL_MS };
}

function boltLogger(log: Logger): BoltLogger {
  const child = log.child({ part: 'slack' });
  return {
    debug: () => {},
    info: (...words) => child.debug(words.map(String).join(' ')),
    warn: (...words) => child.warn(words.map(String).join(' ')),
    error: (...words) => child.error(words.map(String).join(' ')),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
