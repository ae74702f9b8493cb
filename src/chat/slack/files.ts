import { ErrorCode, type WebClient } from '@slack/web-api';
import { request } from 'undici';
import { EdgeError, messageOf, RETRY_MS } from '../../errors.js';

/** A log larger than this is not read. Bytes. */
const FILE_BYTES = 100 * 1024 * 1024;
const REDIRECTS = 3;
/** Slack's silence that counts as a failure. Milliseconds. */
const ANSWER_MS = 10_000;
const NO_SCOPE = 'the Slack app lacks the scope files:read; `registrar config check` lists what it lacks';

/**
 * Streams a file that somebody shared. The bot's token goes to Slack's own hosts only, redirects included.
 *
 * Errors: `file-unreadable`: Slack answers a missing scope with its sign-in page and status 200; `slack-failed`, with
 * `retry`, when Slack does not answer, also in the middle.
 */
export async function openSlackFile(
  fileId: string,
  client: WebClient,
  token: string,
  apiUrl: string,
): Promise<AsyncIterable<Buffer>> {
  const { file } = await client.files.info({ file: fileId }).catch((error: unknown) => {
    throw refused(error);
  });
  if (file?.size !== undefined && file.size > FILE_BYTES)
    throw unreadable(`it is ${Math.round(file.size / 1e6)} MB; ${FILE_BYTES / 1024 / 1024} MB are read at most`);
  let url = file?.url_private_download ?? file?.url_private;
  for (let hop = 0; url !== undefined && hop <= REDIRECTS; hop++) {
    if (!isSlacks(url, apiUrl))
      throw unreadable(
        `it is kept at ${URL.canParse(url) ? new URL(url).host : 'no address'}, where Slack's token must not go`,
      );
    const answer = await request(url, {
      headers: { authorization: `Bearer ${token}` },
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
    }).catch((error: unknown) => {
      throw unreachable(error);
    });
    const location = answer.headers.location;
    if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
      await answer.body.dump();
      url = new URL(location, url).href;
      continue;
    }
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      const said = `Slack answers ${answer.statusCode}`;
      throw answer.statusCode === 429 || answer.statusCode >= 500 ? unreachable(new Error(said)) : unreadable(said);
    }
    if (String(answer.headers['content-type'] ?? '').startsWith('text/html') && file?.mimetype !== 'text/html') {
      await answer.body.dump();
      throw unreadable(NO_SCOPE);
    }
    return limited(answer.body);
  }
  throw unreadable('Slack gives no address for it');
}

async function* limited(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > FILE_BYTES) throw unreadable(`it is larger than ${FILE_BYTES / 1024 / 1024} MB`);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof EdgeError ? error : unreachable(error);
  }
}

/** https on a host of Slack's; or the API's own host, which is configured. */
export function isSlacks(text: string, apiUrl: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const api = new URL(apiUrl);
  if (url.hostname === api.hostname && url.protocol === api.protocol) return true;
  return url.protocol === 'https:' && /(?:^|\.)(?:slack\.com|slack-gov\.com|slack-files\.com)$/.test(url.hostname);
}

/** What Slack says of a file for good, told apart from Slack not answering now. */
function refused(error: unknown): EdgeError {
  const { code, data } = error as { code?: string; data?: { error?: string } };
  if (code !== ErrorCode.PlatformError) return unreachable(error);
  return unreadable(data?.error === 'missing_scope' ? NO_SCOPE : `Slack says ${data?.error ?? messageOf(error)}`);
}

function unreachable(error: unknown): EdgeError {
  const { retryAfter } = error as { retryAfter?: number };
  return new EdgeError({
    part: 'slack',
    code: 'slack-failed',
    retry: { afterMs: retryAfter === undefined ? RETRY_MS : retryAfter * 1000 },
    cause: error,
    forPerson: {
      what: 'Slack does not give me the file',
      why: messageOf(error),
      next: 'nothing to do: the job goes on by itself; or paste the last lines of the log as text',
    },
  });
}

function unreadable(why: string): EdgeError {
  return new EdgeError({
    part: 'slack',
    code: 'file-unreadable',
    forPerson: {
      what: 'I can’t read the file',
      why,
      next: 'paste the last lines of the log as text, from the command that failed to the end',
    },
  });
}
