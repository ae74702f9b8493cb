import { isJobUrl } from '../gitlab/job-url.js';
import { redact } from '../secrets/redact.js';
import type { Log, Platform } from './request.js';

/** What somebody pasted: the address of a job, or the log itself, without its secrets before it goes anywhere. Pure. */
export function pastedLog(pasted: string): Log {
  if (isJobUrl(pasted)) return { kind: 'gitlab-job', url: pasted.trim() };
  const { text, found } = redact(pasted);
  return { kind: 'text', text, leaked: found };
}

/** A file that was shared with a request; it stays where it is until it is read. Pure. */
export function fileLog(platform: Platform, fileId: string, name: string | null | undefined): Log {
  return { kind: 'chat-file', platform, fileId, name: (name ?? 'file').slice(0, 200) };
}

/** Shorter than this, and on one line, the words beside a mention are a command. Characters. */
const COMMAND_LENGTH = 120;

/** Are words that somebody wrote a pasted log, and not a command? Pure. */
export function isPasted(text: string): boolean {
  return text.includes('\n') || text.length > COMMAND_LENGTH || text.includes('```');
}
