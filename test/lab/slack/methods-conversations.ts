import { findMessage, render, threadOf } from './messages.js';
import { knownChannel, knownUser, type Method, type MethodContext, needScope, needTypeScope, page } from './method.js';
import { ApiError, flag, type Obj, type SlackChannel, type StoredMessage, str } from './types.js';

const open: Method = {
  run(call) {
    const { state, args } = call;
    const byId = str(args.channel);
    if (byId !== undefined) {
      const channel = knownChannel(call);
      return { already_open: true, no_op: true, channel: { id: channel.id } };
    }
    const users = String(args.users ?? '')
      .split(',')
      .filter((u) => u !== '');
    if (users.length === 0) throw new ApiError('users_list_not_supplied');
    if (users.length > 8) throw new ApiError('too_many_users');
    needScope(call, users.length > 1 ? 'mpim:write' : 'im:write');
    for (const id of users) {
      const user = knownUser(state, id);
      if (user.deleted) throw new ApiError('user_disabled');
      if (user.id === state.bot.id) throw new ApiError('cannot_dm_bot');
    }
    const { channel, created } = state.openDm(users);
    return { ...(created ? {} : { no_op: true, already_open: true }), channel: { id: channel.id } };
  },
};

function channelInfo(call: MethodContext, c: SlackChannel): Obj {
  const { state } = call;
  const im = c.type === 'im';
  return {
    id: c.id,
    ...(im ? { user: [...c.members].find((m) => m !== state.bot.id) } : { name: c.name, name_normalized: c.name }),
    is_channel: c.type === 'channel',
    is_group: false,
    is_im: im,
    is_mpim: c.type === 'mpim',
    is_private: c.type !== 'channel',
    is_archived: c.archived,
    is_member: c.members.has(state.bot.id),
    context_team_id: state.teamId,
    ...(flag(call.args.include_num_members) ? { num_members: c.members.size } : {}),
  };
}

const info: Method = {
  run(call) {
    const channel = knownChannel(call);
    needTypeScope(call, channel, 'read');
    return { channel: channelInfo(call, channel) };
  },
};

const join: Method = {
  scope: 'channels:join',
  run(call) {
    const channel = knownChannel(call);
    if (channel.type !== 'channel') throw new ApiError('method_not_supported_for_channel_type');
    if (channel.archived) throw new ApiError('is_archived');
    channel.members.add(call.state.bot.id);
    call.state.changes.emit();
    return { channel: channelInfo(call, channel) };
  },
};

const members: Method = {
  run(call) {
    const channel = knownChannel(call);
    needTypeScope(call, channel, 'read');
    const { items, next } = page([...channel.members], call.args, 1000);
    return { members: items, response_metadata: { next_cursor: next } };
  },
};

function readable(call: MethodContext): SlackChannel {
  const channel = knownChannel(call);
  needTypeScope(call, channel, 'history');
  if (!channel.members.has(call.state.bot.id)) throw new ApiError('not_in_channel');
  return channel;
}

function within(call: MethodContext, list: StoredMessage[]): StoredMessage[] {
  const { args } = call;
  const oldest = str(args.oldest) ?? '0';
  const latest = str(args.latest);
  const inclusive = flag(args.inclusive);
  return list.filter((m) => {
    const from = Number(m.ts) > Number(oldest) || (inclusive && m.ts === oldest);
    const to = latest === undefined || Number(m.ts) < Number(latest) || (inclusive && m.ts === latest);
    return from && to;
  });
}

function paged(call: MethodContext, list: StoredMessage[]): Obj {
  const { items, next } = page(list, call.args, 999);
  const metadata = flag(call.args.include_all_metadata);
  return {
    messages: items.map((m) => render(call.state, m, metadata)),
    has_more: next !== '',
    ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
  };
}

const history: Method = {
  run(call) {
    const channel = readable(call);
    const all = call.state.messages.get(channel.id) ?? [];
    const top = all.filter((m) => m.threadTs === undefined || m.subtype === 'thread_broadcast');
    return { ...paged(call, within(call, top).reverse()), pin_count: 0 };
  },
};

const replies: Method = {
  run(call) {
    const channel = readable(call);
    const asked = findMessage(call.state, channel.id, call.args.ts);
    if (asked === undefined) throw new ApiError('thread_not_found');
    if (asked.threadTs !== undefined) return paged(call, [asked]);
    const [parent, ...rest] = threadOf(call.state, channel.id, asked.ts);
    return paged(call, parent === undefined ? [] : [parent, ...within(call, rest)]);
  },
};

const userInfo: Method = {
  scope: 'users:read',
  run(call) {
    const user = knownUser(call.state, call.args.user);
    const email = call.token.scopes.has('users:read.email') && user.email !== undefined ? { email: user.email } : {};
    return {
      user: {
        id: user.id,
        team_id: call.state.teamId,
        name: user.name,
        deleted: user.deleted,
        real_name: user.realName,
        tz: user.tz,
        tz_label: user.tz,
        tz_offset: offsetOf(user.tz, call.state.now()),
        profile: { real_name: user.realName, display_name: user.name, ...email },
        is_bot: user.isBot,
        is_app_user: false,
        is_restricted: user.restricted,
        is_ultra_restricted: false,
        ...(flag(call.args.include_locale) ? { locale: user.locale } : {}),
      },
    };
  },
};

function offsetOf(tz: string, at: number): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((p) => p.type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '');
  return match === null ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60);
}

export const conversationMethods: Record<string, Method> = {
  'conversations.open': open,
  'conversations.info': info,
  'conversations.join': join,
  'conversations.members': members,
  'conversations.history': history,
  'conversations.replies': replies,
  'users.info': userInfo,
};
