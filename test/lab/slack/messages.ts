import { fileInfo } from './file-info.js';
import type { State } from './state.js';
import { ApiError, type Metadata, type Obj, type SlackChannel, type StoredMessage } from './types.js';

export interface NewMessage {
  user?: string;
  botId?: string;
  subtype?: string;
  text: string;
  blocks?: Obj[];
  attachments?: Obj[];
  metadata?: Metadata;
  threadTs?: string;
  broadcast?: boolean;
  files?: string[];
  clientMsgId?: string;
  username?: string;
  streaming?: boolean;
}

export function findMessage(state: State, channel: string, ts: unknown): StoredMessage | undefined {
  return state.messages.get(channel)?.find((m) => m.ts === ts);
}

/** The messages of a thread, the parent first. */
export function threadOf(state: State, channel: string, ts: string): StoredMessage[] {
  return (state.messages.get(channel) ?? []).filter((m) => m.ts === ts || m.threadTs === ts);
}

/** Stores and raises a message. A reply to a reply joins the parent's thread. */
export function addMessage(state: State, channel: SlackChannel, message: NewMessage): StoredMessage {
  let threadTs = message.threadTs;
  if (threadTs !== undefined) {
    const parent = findMessage(state, channel.id, threadTs);
    if (parent === undefined) throw new ApiError('invalid_thread_ts');
    threadTs = parent.threadTs ?? parent.ts;
  }
  const { threadTs: _, broadcast, ...rest } = message;
  const subtype = broadcast === true && threadTs !== undefined ? 'thread_broadcast' : message.subtype;
  const stored: StoredMessage = {
    ...rest,
    channel: channel.id,
    ts: state.nextTs(),
    reactions: [],
    versions: [{ text: message.text, ...(message.blocks ? { blocks: message.blocks } : {}), at: state.now() }],
    ...(threadTs === undefined ? {} : { threadTs }),
    ...(subtype === undefined ? {} : { subtype }),
  };
  state.messages.get(channel.id)?.push(stored);
  state.statuses.delete(`${channel.id} ${threadTs ?? ''}`);
  state.raise({ ...render(state, stored), channel: channel.id, channel_type: channel.type, event_ts: stored.ts });
  state.changes.emit();
  return stored;
}

export function changeMessage(
  state: State,
  message: StoredMessage,
  change: (m: StoredMessage) => void,
  editor?: string,
): void {
  const before = render(state, message);
  change(message);
  if (editor !== undefined) message.edited = { user: editor, ts: state.nextTs() };
  message.versions.push({
    text: message.text,
    ...(message.blocks ? { blocks: message.blocks } : {}),
    at: state.now(),
  });
  const ts = state.nextTs();
  state.raise({
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    channel: message.channel,
    channel_type: state.channels.get(message.channel)?.type,
    message: render(state, message),
    previous_message: before,
    ts,
    event_ts: ts,
  });
  state.changes.emit();
}

export function deleteMessage(state: State, message: StoredMessage): void {
  const list = state.messages.get(message.channel) ?? [];
  const at = list.indexOf(message);
  if (at >= 0) list.splice(at, 1);
  const ts = state.nextTs();
  state.raise({
    type: 'message',
    subtype: 'message_deleted',
    hidden: true,
    channel: message.channel,
    channel_type: state.channels.get(message.channel)?.type,
    deleted_ts: message.ts,
    previous_message: render(state, message),
    ts,
    event_ts: ts,
  });
  state.changes.emit();
}

/** A message as events, history and interactions show it. */
export function render(state: State, m: StoredMessage, withMetadata = false): Obj {
  const replies = (state.messages.get(m.channel) ?? []).filter((other) => other.threadTs === m.ts);
  const last = replies.at(-1);
  const parent = m.threadTs === undefined ? undefined : findMessage(state, m.channel, m.threadTs);
  const own = m.botId === state.botId;
  return {
    type: 'message',
    ...(m.subtype === undefined ? {} : { subtype: m.subtype }),
    ...(m.user === undefined ? {} : { user: m.user }),
    text: m.text,
    ts: m.ts,
    team: state.teamId,
    ...(m.clientMsgId === undefined ? {} : { client_msg_id: m.clientMsgId }),
    ...(m.botId === undefined ? {} : { bot_id: m.botId }),
    ...(m.username === undefined ? {} : { username: m.username }),
    ...(own ? { app_id: state.appId, bot_profile: botProfile(state) } : {}),
    ...(m.blocks === undefined ? {} : { blocks: m.blocks }),
    ...(m.attachments === undefined ? {} : { attachments: m.attachments }),
    ...(m.files === undefined ? {} : { files: m.files.map((id) => fileInfo(state, id, true)), upload: true }),
    ...(m.edited === undefined ? {} : { edited: m.edited }),
    ...(m.threadTs === undefined ? {} : { thread_ts: m.threadTs }),
    ...(parent?.user === undefined ? {} : { parent_user_id: parent.user }),
    ...(last === undefined ? {} : { thread_ts: m.ts, reply_count: replies.length, latest_reply: last.ts }),
    ...(m.subtype === 'thread_broadcast' && parent !== undefined ? { root: render(state, parent) } : {}),
    ...(m.reactions.length === 0 ? {} : { reactions: m.reactions.map((r) => ({ ...r, count: r.users.length })) }),
    ...(withMetadata && m.metadata !== undefined ? { metadata: m.metadata } : {}),
  };
}

export function botProfile(state: State): Obj {
  return { id: state.botId, app_id: state.appId, name: state.bot.name, deleted: false, team_id: state.teamId };
}
