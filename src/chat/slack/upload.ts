import type { WebClient } from '@slack/web-api';
import { request } from 'undici';
import { EdgeError, RETRY_MS } from '../../errors.js';
import { isSlacks } from './files.js';

/** Time that Slack may take for a file's bytes. Milliseconds. */
const UPLOAD_MS = 10_000;

/** Where a file is shown, and what is told of its id before it is. */
interface Sharing {
  share: { channel_id: string; thread_ts: string };
  remember(id: string): Promise<unknown>;
}

/**
 * Gives Slack a file, and its id; nobody sees it unless `sharing` says where.
 *
 * Errors: Slack's own, and `slack-failed`.
 */
export async function upload(filename: string, bytes: Buffer, client: WebClient, sharing?: Sharing): Promise<string> {
  const place = await client.files.getUploadURLExternal({ filename, length: bytes.length });
  const { upload_url: url = '', file_id: id = '' } = place;
  await send(url, bytes, client.slackApiUrl);
  const files: [{ id: string; title: string }] = [{ id, title: filename }];
  await sharing?.remember(id);
  await client.files.completeUploadExternal(sharing === undefined ? { files } : { files, ...sharing.share });
  return id;
}

/** The address is a secret of its own: no token goes there. */
async function send(url: string, body: Buffer, apiUrl: string): Promise<void> {
  if (!isSlacks(url, apiUrl)) throw notTaken('Slack names an address that is not its own', 'never');
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body,
    headersTimeout: UPLOAD_MS,
    bodyTimeout: UPLOAD_MS,
  }).catch((error: unknown) => {
    throw notTaken('its address does not answer', { afterMs: RETRY_MS }, { cause: error });
  });
  await answer.body.dump();
  const { statusCode: status } = answer;
  if (status === 200) return;
  const seconds = Number(answer.headers['retry-after'] ?? 30);
  const retry =
    status === 429 ? { afterMs: seconds * 1000 } : status >= 500 ? { afterMs: RETRY_MS } : ('never' as const);
  throw notTaken(`Slack answers ${status}`, retry, { status });
}

export function notTaken(
  why: string,
  retry: EdgeError['retry'],
  more: { status?: number; cause?: unknown } = {},
): EdgeError {
  return new EdgeError({
    part: 'slack',
    code: 'slack-failed',
    retry,
    ...more,
    forPerson: { what: 'Slack did not take a file', why, next: 'nothing to do: the answer comes without it' },
  });
}
