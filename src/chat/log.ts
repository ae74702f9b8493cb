import { isJobUrl } from '../gitlab/job-url.js';
import { redact } from '../secrets/redact.js';
import type { Log } from './request.js';

/** What somebody pasted: the address of a job, or the log itself, without its secrets before it goes anywhere. Pure. */
export function pastedLog(pasted: string): Log {
  if (isJobUrl(pasted)) return { kind: 'gitlab-job', url: pasted.trim() };
  const { text, found } = redact(pasted);
  return { kind: 'text', text, leaked: found };
}
