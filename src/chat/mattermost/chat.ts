import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { MattermostConfig } from '../../config/mattermost.js';
import { messageOf } from '../../errors.js';
import type { Logger } from '../../log.js';
import type { ReplyJob } from '../../queue/jobs.js';
import type { Seal } from '../../secrets/seal.js';
import type { Answer } from '../answer.js';
import type { Asked, Chat, Handlers } from '../port.js';
import type { ReplyAddress } from '../request.js';
import { handOn } from '../spoken.js';
import { Id, type MattermostApi, openApi, User } from './api.js';
import { type Delivery, deliverToMattermost, drawn } from './deliver.js';
import { dialogOf } from './dialog.js';
import { edgeError, Refused } from './errors.js';
import { Inbox } from './inbox.js';
import { openPeople, type People } from './people.js';
import { post, tellAlone } from './post.js';
import { ofPost } from './receive.js';
import { addMattermost } from './routes.js';
import { MattermostSocket } from './socket.js';

/** A dialog that stays open longer has to be asked for again. Milliseconds. */
const DIALOG_MS = 3_600_000;

export interface MattermostSecrets {
  token: string;
  /** By team. */
  commands: Readonly<Record<string, string>>;
}

/** Mattermost as a chat: commands, buttons and dialogs by HTTP, messages by the WebSocket, answers by REST. */
export class MattermostChat implements Chat {
  readonly platform = 'mattermost';
  readonly #config: MattermostConfig;
  readonly #secrets: MattermostSecrets;
  readonly #redis: Redis;
  readonly #seal: Seal;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #api: MattermostApi;
  readonly #people: People;
  readonly #tokens = new Map<string, string>();
  #bot = { id: '', username: '' };
  #handlers: Handlers | undefined;
  #socket: MattermostSocket | undefined;

  constructor(
    config: MattermostConfig,
    secrets: MattermostSecrets,
    { redis, seal, log, now }: { redis: Redis; seal: Seal; log: Logger; now: () => number },
  ) {
    this.#config = config;
    this.#secrets = secrets;
    this.#redis = redis;
    this.#seal = seal;
    this.#log = log;
    this.#now = now;
    this.#api = openApi(config.url, secrets.token, config.ca);
    this.#people = openPeople(this.#api, now);
  }

  /** Errors: `mattermost-failed` when the server does not answer, or knows neither the bot nor a team. */
  async start(handlers: Handlers): Promise<void> {
    this.#handlers = handlers;
    try {
      this.#bot = await this.#api.call(User.pick({ id: true, username: true }), 'GET', '/users/me');
      for (const [team, token] of Object.entries(this.#secrets.commands)) {
        const { id } = await this.#api.call(z.object({ id: Id }), 'GET', `/teams/name/${team}`);
        this.#tokens.set(id, token);
      }
    } catch (error) {
      throw edgeError(error, 'Mattermost does not let me in');
    }
    const inbox = new Inbox({
      ...{ api: this.#api, redis: this.#redis, bot: this.#bot, now: this.#now },
      spoken: (one, direct) => handOn(ofPost(one, this.#bot.username, direct), handlers, this),
    });
    const { url, ca } = this.#config;
    this.#socket = new MattermostSocket({
      ...{ url, token: this.#secrets.token, log: this.#log, ...(ca === undefined ? {} : { ca }) },
      onPost: (one) => inbox.take(one),
      onGap: () => inbox.catchUp(),
    });
    await this.#socket.start();
  }

  async localeOf(person: string): Promise<string | undefined> {
    return (await this.#people(person)).locale;
  }

  async stop(): Promise<void> {
    await this.#socket?.stop();
    await this.#api.close();
  }

  /** After {@link start}. */
  addRoutes(app: FastifyInstance): void {
    if (this.#handlers === undefined) throw new Error('the chat was not started');
    addMattermost(app, {
      ...{ handlers: this.#handlers, tokens: this.#tokens, seal: this.#seal, log: this.#log, now: this.#now },
      isThere: (user, channel) => this.#isThere(user, channel),
      ask: (asked, trigger, channel, user, thread) => this.#ask(asked, trigger, channel, user, thread),
    });
  }

  deliver(reply: ReplyJob): Promise<void> {
    return deliverToMattermost(reply, this.#delivery);
  }

  async tell(address: ReplyAddress, answer: Answer): Promise<void> {
    const message = await drawn(answer, randomUUID(), address, this.#delivery);
    if (answer.quiet === true) await tellAlone(this.#api, this.#bot.id, address, message);
    else await post(this.#api, this.#bot.id, address, message);
  }

  get #delivery(): Delivery {
    const { callbackUrl } = this.#config;
    const { id: bot } = this.#bot;
    return {
      ...{ api: this.#api, redis: this.#redis, seal: this.#seal, people: this.#people, now: this.#now },
      ...{ bot, callbackUrl },
    };
  }

  /** The request of a click proves nothing: whoever reaches our port could send it. */
  async #isThere(user: string, channel: string): Promise<boolean> {
    if (!Id.safeParse(user).success || !Id.safeParse(channel).success) return false;
    try {
      const [person] = await Promise.all([
        this.#api.call(User, 'GET', `/users/${user}`),
        this.#api.call(z.unknown(), 'GET', `/channels/${channel}/members/${user}`),
      ]);
      return person.delete_at === 0 && !person.is_bot;
    } catch (error) {
      if (error instanceof Refused && [400, 403, 404].includes(error.status)) return false;
      throw error;
    }
  }

  async #ask(asked: Asked, trigger_id: string, channel: string, user: string, thread?: string): Promise<void> {
    if (asked === 'done') return;
    const until = this.#now() + DIALOG_MS;
    const origin = { channel, user, id: randomUUID(), until, ...(thread === undefined ? {} : { thread }) };
    const dialog = dialogOf(asked, origin, this.#seal);
    const url = `${this.#config.callbackUrl}/chat/mattermost/dialog`;
    try {
      await this.#api.call(z.unknown(), 'POST', '/actions/dialogs/open', { trigger_id, url, dialog });
    } catch (error) {
      this.#log.warn({ part: 'mattermost', error: messageOf(error) }, 'a dialog was not opened');
      throw error;
    }
  }
}
