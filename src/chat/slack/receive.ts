import { fileLog, isPasted, pastedLog } from '../log.js';
import type { ChatRequest, Log } from '../request.js';
import { unfence } from '../words.js';
import { unrewrite } from './unrewrite.js';

/** The fields of a Slack file object that we read; all may be missing just after the upload. */
export interface SlackFile {
  id?: string;
  name?: string | null;
}

interface Posted {
  team: string;
  channel: string;
  user: string;
  ts: string;
  thread_ts?: string | undefined;
  text?: string | undefined;
  files?: readonly SlackFile[] | undefined;
}

/** A slash command. Its trigger id is unique, so a replayed request is the same request. Pure. */
export function ofCommand(command: {
  team_id: string;
  channel_id: string;
  user_id: string;
  user_name?: string;
  text?: string;
  trigger_id: string;
}): ChatRequest {
  return {
    id: `slack-command-${command.team_id}-${command.trigger_id}`,
    person: { platform: 'slack', id: command.user_id },
    ...(command.user_name === undefined ? {} : { called: command.user_name }),
    replyTo: { platform: 'slack', channel: command.channel_id, person: command.user_id },
    ...directly(command.channel_id),
    text: unrewrite(command.text ?? ''),
  };
}

/**
 * A mention or a direct message: a command when it reads like one, else a pasted log. Pure.
 *
 * The id hangs on the post, not on the event: a mention in a channel that is read as well arrives twice.
 */
export function ofMessage(message: Posted, botUserId: string): ChatRequest {
  const said = (message.text ?? '').replaceAll(`<@${botUserId}>`, ' ').trim();
  const [file] = message.files ?? [];
  const text = unrewrite(said);
  const isLog = file?.id !== undefined || isPasted(text);
  const log = isLog ? logOf(text, file) : undefined;
  return {
    id: `slack-message-${message.team}-${message.channel}-${message.ts}`,
    person: { platform: 'slack', id: message.user },
    replyTo: {
      platform: 'slack',
      channel: message.channel,
      thread: message.thread_ts ?? message.ts,
      person: message.user,
    },
    ...directly(message.channel),
    text: isLog ? 'diagnose' : text,
    ...(log === undefined ? {} : { log }),
  };
}

/** The shortcut "Diagnose this log" on somebody's message. Pure. */
export function ofShortcut(shortcut: {
  trigger_id: string;
  user: { id: string };
  team: { id: string } | null;
  channel: { id: string };
  message: { ts: string; thread_ts?: string; text?: string; files?: readonly SlackFile[] };
}): ChatRequest {
  const { message, channel, user, team } = shortcut;
  const log = logOf(unrewrite(message.text ?? ''), message.files?.[0]);
  return {
    id: `slack-shortcut-${team?.id ?? ''}-${shortcut.trigger_id}`,
    person: { platform: 'slack', id: user.id },
    replyTo: { platform: 'slack', channel: channel.id, thread: message.thread_ts ?? message.ts, person: user.id },
    ...directly(channel.id),
    text: 'diagnose',
    log,
  };
}

/** Source: ids of direct messages begin with D. */
function directly(channel: string): { direct?: true } {
  return channel.startsWith('D') ? { direct: true } : {};
}

function logOf(text: string, file: SlackFile | undefined): Log {
  if (file?.id !== undefined) return fileLog('slack', file.id, file.name);
  return pastedLog(unfence(text));
}
