import { checkMetadata, messageContent, withWarnings } from './content.js';
import { addMessage, changeMessage, deleteMessage, findMessage, render } from './messages.js';
import { knownChannel, knownUser, type Method, needScope, postTarget } from './method.js';
import { ApiError, flag, type Obj, str } from './types.js';

const postMessage: Method = {
  scope: 'chat:write',
  run(call) {
    const { state, args } = call;
    const channel = postTarget(call);
    if (args.username !== undefined || args.icon_emoji !== undefined || args.icon_url !== undefined) {
      needScope(call, 'chat:write.customize');
    }
    const { warnings, ...content } = messageContent(state, args);
    const threadTs = str(args.thread_ts);
    const message = addMessage(state, channel, {
      ...content,
      user: state.bot.id,
      botId: state.botId,
      broadcast: flag(args.reply_broadcast),
      ...(threadTs === undefined ? {} : { threadTs }),
      ...(str(args.username) === undefined ? {} : { username: String(args.username) }),
    });
    return withWarnings({ channel: channel.id, ts: message.ts, message: render(state, message) }, warnings);
  },
};

const update: Method = {
  scope: 'chat:write',
  run(call) {
    const { state, args } = call;
    const channel = knownChannel(call);
    if (channel.archived) throw new ApiError('is_inactive');
    const message = findMessage(state, channel.id, args.ts);
    if (message === undefined) throw new ApiError('message_not_found');
    if (message.botId !== state.botId) throw new ApiError('cant_update_message');
    if (message.streaming === true) throw new ApiError('streaming_state_conflict');
    if (typeof args.text === 'string' && args.text.length > 4000) throw new ApiError('msg_too_long');
    const hasText = args.text !== undefined;
    const onlyMetadata = !hasText && args.blocks === undefined && args.attachments === undefined;
    if (onlyMetadata && args.markdown_text === undefined && args.metadata !== undefined) {
      const metadata = checkMetadata(args.metadata);
      if (metadata !== undefined) message.metadata = metadata;
      return { channel: channel.id, ts: message.ts, text: message.text, message: render(state, message) };
    }
    const { warnings, ...content } = messageContent(state, args);
    changeMessage(
      state,
      message,
      (m) => {
        if (hasText || args.markdown_text !== undefined) m.text = content.text;
        if (content.blocks !== undefined) m.blocks = content.blocks;
        else delete m.blocks;
        if (content.attachments !== undefined) m.attachments = content.attachments;
        else if (args.attachments !== undefined || hasText) delete m.attachments;
        if (content.metadata !== undefined) m.metadata = content.metadata;
      },
      hasText ? state.bot.id : undefined,
    );
    const answer = { channel: channel.id, ts: message.ts, text: message.text, message: render(state, message) };
    return withWarnings(answer, warnings);
  },
};

const remove: Method = {
  scope: 'chat:write',
  run(call) {
    const { state, args } = call;
    const channel = knownChannel(call);
    const message = findMessage(state, channel.id, args.ts);
    if (message === undefined) throw new ApiError('message_not_found');
    if (message.botId !== state.botId) throw new ApiError('cant_delete_message');
    deleteMessage(state, message);
    return { channel: channel.id, ts: message.ts };
  },
};

const postEphemeral: Method = {
  scope: 'chat:write',
  run(call) {
    const { state, args } = call;
    const channel = postTarget(call);
    const user = knownUser(state, args.user);
    if (!channel.members.has(user.id)) throw new ApiError('user_not_in_channel');
    const { warnings, metadata: _, ...content } = messageContent(state, args);
    const ts = state.nextTs();
    state.ephemerals.push({
      ...content,
      channel: channel.id,
      user: user.id,
      ts,
      deleted: false,
      replaced: false,
      via: 'chat.postEphemeral',
      ...(str(args.thread_ts) === undefined ? {} : { threadTs: String(args.thread_ts) }),
    });
    state.changes.emit();
    return withWarnings({ message_ts: ts }, warnings);
  },
};

const react: Method = {
  scope: 'reactions:write',
  run(call) {
    const { state, args } = call;
    const channel = knownChannel(call);
    if (!channel.members.has(state.bot.id)) throw new ApiError('not_in_channel');
    const name = str(args.name);
    if (name === undefined || !/^[a-z0-9_+-]+(::skin-tone-[2-6])?$/.test(name)) throw new ApiError('invalid_name');
    const message = findMessage(state, channel.id, args.timestamp);
    if (message === undefined) throw new ApiError('message_not_found');
    const reaction = message.reactions.find((r) => r.name === name);
    if (reaction?.users.includes(state.bot.id)) throw new ApiError('already_reacted');
    if (reaction === undefined) message.reactions.push({ name, users: [state.bot.id] });
    else reaction.users.push(state.bot.id);
    state.changes.emit();
    return {};
  },
};

const permalink: Method = {
  run(call): Obj {
    const channel = knownChannel(call);
    const message = findMessage(call.state, channel.id, call.args.message_ts);
    if (message === undefined) throw new ApiError('message_not_found');
    const path = `archives/${channel.id}/p${message.ts.replace('.', '')}`;
    return { channel: channel.id, permalink: `https://${call.state.teamDomain}.slack.com/${path}` };
  },
};

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': permalink,
  'reactions.add': react,
};
