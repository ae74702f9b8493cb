import type { State, Token } from './state.js';
import type { Triggers } from './triggers.js';
import { ApiError, type Obj, type SlackChannel, type SlackUser, str } from './types.js';

export interface MethodContext {
  readonly state: State;
  readonly triggers: Triggers;
  readonly token: Token;
  readonly args: Obj;
  readonly uploads: Map<string, Upload>;
  readonly connect: () => string;
  readonly fileShareDelayMs: number;
}

export interface Upload {
  readonly fileId: string;
  readonly filename: string;
  readonly length: number;
  readonly snippet: boolean;
  content?: Buffer;
}

export interface Method {
  readonly scope?: string;
  /** Only the app-level token may call it. */
  readonly app?: boolean;
  run(call: MethodContext): Obj;
}

export function needScope(call: MethodContext, ...scopes: string[]): void {
  for (const scope of scopes) {
    if (call.token.scopes.has(scope)) continue;
    throw new ApiError('missing_scope', { needed: scope, provided: [...call.token.scopes].join(',') });
  }
}

/** e.g. `history` → channels:history, groups:history, im:history or mpim:history. */
export function needTypeScope(call: MethodContext, channel: SlackChannel, what: string): void {
  const prefix = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' }[channel.type];
  needScope(call, `${prefix}:${what}`);
}

/** A conversation the bot may know of: private ones without it are not there at all. */
export function knownChannel(call: MethodContext): SlackChannel {
  const { state, args } = call;
  const channel = state.channels.get(str(args.channel) ?? '');
  if (channel === undefined) throw new ApiError('channel_not_found');
  if (channel.type !== 'channel' && !channel.members.has(state.bot.id)) throw new ApiError('channel_not_found');
  return channel;
}

/** Where a message goes; `U…` means the DM with that user, `#name` the channel of that name. */
export function postTarget(call: MethodContext, publicWithoutJoining = true): SlackChannel {
  const { state, args } = call;
  const given = str(args.channel);
  if (given === undefined) throw new ApiError('channel_not_found');
  let id = given;
  const user = state.users.get(given);
  if (user !== undefined) {
    if (user.id === state.bot.id) throw new ApiError('channel_not_found');
    id = state.openDm([user.id]).channel.id;
  } else if (given.startsWith('#')) {
    id = [...state.channels.values()].find((c) => c.name === given.slice(1))?.id ?? '';
  }
  const channel = knownChannel({ ...call, args: { ...args, channel: id } });
  if (channel.archived) throw new ApiError('is_archived');
  if (!channel.members.has(state.bot.id)) {
    if (!(publicWithoutJoining && call.token.scopes.has('chat:write.public'))) throw new ApiError('not_in_channel');
  }
  return channel;
}

export function knownUser(state: State, id: unknown): SlackUser {
  const user = state.users.get(str(id) ?? '');
  if (user === undefined) throw new ApiError('user_not_found');
  return user;
}

/** One page of `items` and the cursor of the next, '' at the end. */
export function page<T>(items: T[], args: Obj, most: number): { items: T[]; next: string } {
  const limit = Math.min(Number(args.limit ?? 100) || 100, most);
  const cursor = str(args.cursor);
  let start = 0;
  if (cursor !== undefined) {
    start = Number(Buffer.from(cursor, 'base64').toString('utf8').replace('at:', ''));
    if (!Number.isInteger(start) || start < 0) throw new ApiError('invalid_cursor');
  }
  const end = start + limit;
  const next = end < items.length ? Buffer.from(`at:${end}`).toString('base64') : '';
  return { items: items.slice(start, end), next };
}
