import { randomUUID } from 'node:crypto';
import type { Delivery } from './delivery.js';
import type { Events } from './events.js';
import { addMessage, changeMessage, deleteMessage, findMessage, render } from './messages.js';
import { addFile } from './methods-files.js';
import type { ResponseUrls } from './response-urls.js';
import type { State } from './state.js';
import type { Triggers } from './triggers.js';
import {
  ApiError,
  type Delivered,
  type EventRecord,
  isObj,
  type Obj,
  type SignatureKind,
  type SlackChannel,
  type SlackUser,
  type StoredEphemeral,
  type StoredFile,
  type StoredMessage,
} from './types.js';
import { escapedCommand, smarten, typedMessage } from './typing.js';

export interface CommandOptions {
  command?: string;
  signature?: SignatureKind;
  /** Unix seconds, instead of the clock's. */
  timestamp?: number;
  /** The client curls quotes and dashes. */
  smart?: boolean;
}

export interface Outcome extends Delivered {
  /** What the person saw in answer, when the ack had a body. */
  shown?: StoredMessage | StoredEphemeral;
}

export interface CommandOutcome extends Outcome {
  responseUrl: string;
  triggerId: string;
}

export interface SayOptions {
  threadTs?: string;
  files?: StoredFile[];
  /** Puts the bot's mention in front. */
  mention?: boolean;
  smart?: boolean;
  /** The text is already as events carry it. */
  raw?: boolean;
}

export interface Said {
  ts: string;
  message: StoredMessage;
  /** The events it raised for the app; none when not subscribed or the bot isn't there. */
  events: EventRecord[];
}

export interface PeopleParts {
  state: State;
  delivery: Delivery;
  events: Events;
  triggers: Triggers;
  responseUrls: ResponseUrls;
}

/** What people do with commands, messages, files and message shortcuts. */
export class People {
  shouldEscape: boolean;
  readonly #parts: PeopleParts;

  constructor(parts: PeopleParts, shouldEscape: boolean) {
    this.#parts = parts;
    this.shouldEscape = shouldEscape;
  }

  async command(user: SlackUser, channel: SlackChannel, text: string, o: CommandOptions = {}): Promise<CommandOutcome> {
    const { state, delivery, triggers, responseUrls } = this.#parts;
    channel.members.add(user.id);
    const typed = o.smart === true ? smarten(text) : text;
    const command = o.command ?? '/registry';
    const responseUrl = responseUrls.issue({ user: user.id, channel: channel.id, kind: 'commands' });
    const triggerId = triggers.issue(user.id);
    const payload = {
      token: 'lab-verification-token',
      team_id: state.teamId,
      team_domain: state.teamDomain,
      channel_id: channel.id,
      channel_name: channel.type === 'im' ? 'directmessage' : channel.type === 'group' ? 'privategroup' : channel.name,
      user_id: user.id,
      user_name: user.name,
      command,
      text: this.shouldEscape ? escapedCommand(state, typed) : typed,
      api_app_id: state.appId,
      is_enterprise_install: 'false',
      response_url: responseUrl,
      trigger_id: triggerId,
    };
    const result = await delivery.command(payload, {
      ...(o.signature === undefined ? {} : { signature: o.signature }),
      ...(o.timestamp === undefined ? {} : { timestamp: o.timestamp }),
    });
    const shown = this.#show(responseUrl, result, `${command} ${typed}`.trim(), user);
    return { ...result, responseUrl, triggerId, ...(shown === undefined ? {} : { shown }) };
  }

  #show(url: string, result: Delivered, typed: string, user: SlackUser): StoredMessage | StoredEphemeral | undefined {
    const { state, responseUrls } = this.#parts;
    const body = typeof result.ack === 'string' ? { text: result.ack } : result.ack;
    const target = responseUrls.target(url);
    if (!isObj(body) || target === undefined) return undefined;
    const inChannel = body.response_type === 'in_channel';
    const channel = state.channels.get(target.channel);
    if (inChannel && channel !== undefined) addMessage(state, channel, { user: user.id, text: typed });
    if (inChannel && body.text === undefined && body.blocks === undefined && body.attachments === undefined) {
      return undefined;
    }
    try {
      responseUrls.respond(target, body, 'ack');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      state.problem(`the ack of "${typed}" cannot be shown: ${error.code} ${JSON.stringify(error.extra)}`);
    }
    return target.message;
  }

  say(user: SlackUser, channel: SlackChannel, text: string, o: SayOptions = {}): Said {
    const { state, events } = this.#parts;
    channel.members.add(user.id);
    const typed = o.smart === true ? smarten(text) : text;
    const sent = o.raw === true ? typed : typedMessage(state, typed);
    const mention = `<@${state.bot.id}>`;
    const full = o.mention === true ? `${mention} ${sent}` : sent;
    const first = events.records.length;
    const message = addMessage(state, channel, {
      user: user.id,
      text: full,
      clientMsgId: randomUUID(),
      blocks: [richText(state, o.mention === true ? state.bot.id : undefined, typed)],
      ...(o.threadTs === undefined ? {} : { threadTs: o.threadTs }),
      ...(o.files === undefined ? {} : { files: o.files.map((f) => f.id), subtype: 'file_share' }),
    });
    for (const file of o.files ?? []) {
      file.shares.push({ channel: channel.id, ts: message.ts });
      const { id } = file;
      const ts = message.ts;
      const event = { type: 'file_shared', file_id: id, user_id: user.id, file: { id }, channel_id: channel.id };
      state.raise({ ...event, event_ts: ts });
    }
    if (full.includes(mention) && channel.type !== 'im') {
      const { subtype: _, ...event } = render(state, message);
      state.raise({ ...event, type: 'app_mention', channel: channel.id, event_ts: message.ts });
    }
    return { ts: message.ts, message, events: events.records.slice(first) };
  }

  shareFile(
    user: SlackUser,
    channel: SlackChannel,
    file: { name: string; content: Buffer | string; text?: string; access?: 'check_file_info'; filetype?: string },
    options: Omit<SayOptions, 'files'> = {},
  ): Said & { file: StoredFile } {
    const stored = addFile(this.#parts.state, {
      name: file.name,
      user: user.id,
      content: Buffer.isBuffer(file.content) ? file.content : Buffer.from(file.content, 'utf8'),
      ...(file.filetype === undefined ? {} : { filetype: file.filetype }),
    });
    if (file.access !== undefined) stored.access = file.access;
    return { ...this.say(user, channel, file.text ?? '', { ...options, files: [stored] }), file: stored };
  }

  edit(user: SlackUser, message: StoredMessage, text: string): void {
    const sent = typedMessage(this.#parts.state, text);
    const change = (m: StoredMessage): void => {
      m.text = sent;
      m.blocks = [richText(this.#parts.state, undefined, text)];
    };
    changeMessage(this.#parts.state, message, change, user.id);
  }

  remove(message: StoredMessage): void {
    deleteMessage(this.#parts.state, message);
  }

  /** A message shortcut. */
  async shortcut(
    user: SlackUser,
    channel: SlackChannel,
    messageTs: string,
    callbackId: string,
  ): Promise<CommandOutcome> {
    const { state, delivery, triggers, responseUrls } = this.#parts;
    const message = findMessage(state, channel.id, messageTs);
    if (message === undefined) throw new Error(`no message ${messageTs} in ${channel.name}`);
    const responseUrl = responseUrls.issue({ user: user.id, channel: channel.id, kind: 'shortcuts' });
    const triggerId = triggers.issue(user.id);
    const result = await delivery.interaction({
      type: 'message_action',
      token: 'lab-verification-token',
      action_ts: state.nextTs(),
      team: { id: state.teamId, domain: state.teamDomain },
      user: { id: user.id, username: user.name, team_id: state.teamId, name: user.name },
      channel: { id: channel.id, name: channel.type === 'im' ? 'directmessage' : channel.name },
      is_enterprise_install: false,
      enterprise: null,
      callback_id: callbackId,
      trigger_id: triggerId,
      response_url: responseUrl,
      message_ts: message.ts,
      message: render(state, message),
    });
    return { ...result, responseUrl, triggerId };
  }

  async globalShortcut(user: SlackUser, callbackId: string): Promise<Delivered & { triggerId: string }> {
    const { state, delivery, triggers } = this.#parts;
    const triggerId = triggers.issue(user.id);
    const result = await delivery.interaction({
      type: 'shortcut',
      token: 'lab-verification-token',
      action_ts: state.nextTs(),
      team: { id: state.teamId, domain: state.teamDomain },
      user: { id: user.id, username: user.name, team_id: state.teamId },
      is_enterprise_install: false,
      enterprise: null,
      callback_id: callbackId,
      trigger_id: triggerId,
    });
    return { ...result, triggerId };
  }
}

/** The block a client sends along: the same text, unescaped. */
function richText(state: State, mention: string | undefined, text: string): Obj {
  const elements: Obj[] = mention === undefined ? [] : [{ type: 'user', user_id: mention }];
  elements.push({ type: 'text', text: mention === undefined ? text : ` ${text}` });
  const block_id = state.secret().slice(0, 5);
  return { type: 'rich_text', block_id, elements: [{ type: 'rich_text_section', elements }] };
}
