import { z } from 'zod';
import { fileLog, isPasted, pastedLog } from '../log.js';
import type { ChatRequest, ReplyAddress } from '../request.js';
import { unfence } from '../words.js';
import { Id, type Post } from './api.js';

/** A slash command as the server sends it. Source: model.CommandArgs, commands_http of the server. */
export const SlashCommand = z.object({
  token: z.string(),
  team_id: Id,
  channel_id: Id,
  channel_name: z.string().default(''),
  user_id: Id,
  user_name: z.string().optional(),
  text: z.string().default(''),
  trigger_id: z.string(),
  root_id: z.string().default(''),
});
export type SlashCommand = z.infer<typeof SlashCommand>;

/** The name of a direct message is that of both its people. Source: model.GetDMNameFromIds of the server. */
const DIRECT = /^[a-z0-9]{26}__[a-z0-9]{26}$/;

/** Its trigger id is unique, so a repeated request is the same request. The text is as it was typed. Pure. */
export function ofCommand(command: SlashCommand): ChatRequest {
  const { channel_id, channel_name, user_id, user_name, text, trigger_id, root_id } = command;
  return {
    id: `mattermost-command-${trigger_id}`,
    person: { platform: 'mattermost', id: user_id },
    ...(user_name === undefined ? {} : { called: user_name }),
    replyTo: addressOf(channel_id, user_id, root_id),
    ...(DIRECT.test(channel_name) ? { direct: true } : {}),
    text,
  };
}

/**
 * A mention or a direct message: a command when it reads like one, else a pasted log. Pure.
 *
 * The id hangs on the post: it may come by the socket and by catching up as well.
 */
export function ofPost(post: Post, botName: string, direct: boolean): ChatRequest {
  const text = withoutMention(post.message, botName).trim();
  const [file] = post.file_ids ?? [];
  const isLog = file !== undefined || isPasted(text);
  return {
    id: `mattermost-post-${post.id}`,
    person: { platform: 'mattermost', id: post.user_id },
    // A reply to a reply is refused.
    replyTo: addressOf(post.channel_id, post.user_id, post.root_id === '' ? post.id : post.root_id),
    ...(direct ? { direct } : {}),
    text: isLog ? 'diagnose' : text,
    ...(isLog ? { log: file === undefined ? pastedLog(unfence(text)) : fileLog('mattermost', file, undefined) } : {}),
  };
}

export function addressOf(channel: string, person: string, root = ''): ReplyAddress {
  return { platform: 'mattermost', channel, person, ...(root === '' ? {} : { thread: root }) };
}

/** Does the post name the bot? The server counts upper case and a trailing sign as well. Pure. */
export function mentions(message: string, botName: string): boolean {
  return withoutMention(message, botName) !== message;
}

function withoutMention(message: string, botName: string): string {
  const name = `@${botName.toLowerCase()}`;
  return message
    .split(/(\s+)/)
    .filter((word) => word.toLowerCase().replace(/[.:,_-]+$/, '') !== name)
    .join('');
}
