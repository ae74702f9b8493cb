import { checkBlocks } from './block-kit.js';
import { addMessage, changeMessage, findMessage } from './messages.js';
import { knownChannel, type Method, type MethodContext, postTarget } from './method.js';
import { ApiError, isObjArray, type StoredMessage, str } from './types.js';

/** The text a stream's new chunks add. Task and plan updates are kept as lines a test can look for. */
function addition(call: MethodContext): string {
  const { args } = call;
  let text = typeof args.markdown_text === 'string' ? args.markdown_text : '';
  if (args.chunks !== undefined) {
    if (!isObjArray(args.chunks)) throw new ApiError('invalid_chunks');
    for (const chunk of args.chunks) {
      if (chunk.type === 'markdown_text') text += String(chunk.text ?? '');
      else if (chunk.type === 'task_update') text += `\n[${chunk.status}] ${chunk.title}`;
      else if (chunk.type === 'plan_update') text += `\n# ${chunk.title}`;
      else if (chunk.type === 'blocks') checkBlocks(chunk.blocks, () => call.state.secret().slice(0, 5));
      else throw new ApiError('invalid_chunks');
    }
  }
  if (text.length > 12_000) throw new ApiError('msg_too_long');
  return text;
}

function streamed(call: MethodContext): StoredMessage {
  const channel = knownChannel(call);
  const message = findMessage(call.state, channel.id, call.args.ts);
  if (message === undefined) throw new ApiError('message_not_found');
  if (message.botId !== call.state.botId) throw new ApiError('message_not_owned_by_app');
  if (message.streaming !== true) throw new ApiError('message_not_in_streaming_state');
  return message;
}

const start: Method = {
  scope: 'chat:write',
  run(call) {
    const { state, args } = call;
    const channel = postTarget(call);
    const threadTs = str(args.thread_ts);
    if (threadTs === undefined) throw new ApiError('invalid_thread_ts');
    if (channel.type !== 'im') {
      if (str(args.recipient_team_id) === undefined) throw new ApiError('missing_recipient_team_id');
      if (str(args.recipient_user_id) === undefined) throw new ApiError('missing_recipient_user_id');
    }
    const text = addition(call);
    const { bot, botId } = state;
    const message = addMessage(state, channel, { text, user: bot.id, botId, threadTs, streaming: true });
    return { channel: channel.id, ts: message.ts };
  },
};

const append: Method = {
  scope: 'chat:write',
  run(call) {
    const message = streamed(call);
    const text = addition(call);
    changeMessage(call.state, message, (m) => {
      m.text += text;
    });
    return { channel: message.channel, ts: message.ts };
  },
};

const stop: Method = {
  scope: 'chat:write',
  run(call) {
    const message = streamed(call);
    const text = addition(call);
    const blocks =
      call.args.blocks === undefined ? undefined : checkBlocks(call.args.blocks, () => call.state.secret().slice(0, 5));
    changeMessage(call.state, message, (m) => {
      m.text += text;
      m.streaming = false;
      if (blocks !== undefined) m.blocks = blocks;
    });
    return { channel: message.channel, ts: message.ts };
  },
};

/** Cleared by the next message of the thread, or after two minutes. */
const setStatus: Method = {
  scope: 'chat:write',
  run(call) {
    const { state, args } = call;
    const channel = knownChannel({ ...call, args: { channel: args.channel_id } });
    const threadTs = str(args.thread_ts);
    if (threadTs === undefined) throw new ApiError('invalid_thread_ts');
    if (Array.isArray(args.loading_messages) && args.loading_messages.length > 10) {
      throw new ApiError('invalid_arguments');
    }
    const key = `${channel.id} ${threadTs}`;
    const status = str(args.status);
    if (status === undefined) state.statuses.delete(key);
    else {
      const until = state.now() + 120_000;
      state.statuses.set(key, { text: status, until });
      state.timers.after(120_000, () => {
        if (state.statuses.get(key)?.until === until) state.statuses.delete(key);
      });
    }
    state.changes.emit();
    return {};
  },
};

export const streamMethods: Record<string, Method> = {
  'chat.startStream': start,
  'chat.appendStream': append,
  'chat.stopStream': stop,
  'assistant.threads.setStatus': setStatus,
};
