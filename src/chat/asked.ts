import { redact } from '../secrets/redact.js';
import type { Command } from './command.js';
import type { ChatAction, ChatRequest } from './request.js';
import { straighten } from './words.js';

/** Characters of a request that are remembered; a command has fewer. */
export const ASKED_MOST = 300;

/**
 * What was asked, for people to recognise it by: a command as it was typed, or the one whose button was pressed.
 * A log is none of it, and what looks like a secret is taken out. Pure.
 */
export function askedBy(request: ChatRequest | ChatAction, commands: readonly Command[]): string {
  if ('action' in request) return commands.find(({ actions }) => actions?.[request.action] !== undefined)?.name ?? '';
  const line = straighten(request.text).replaceAll(/\s+/g, ' ').trim();
  const [first = ''] = line.split(' ');
  const isCommand = commands.some(({ name }) => name === first.toLowerCase());
  const hasLog = request.log !== undefined || first.toLowerCase() === 'diagnose' || !isCommand;
  return hasLog ? 'diagnose' : redact(line).text.slice(0, ASKED_MOST);
}
