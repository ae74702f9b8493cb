import type { WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { EdgeError } from '../../errors.js';
import { PREFIX } from '../../queue/connection.js';
import { jobId } from '../../queue/dispatcher.js';
import { ANSWER_SECONDS } from '../../queue/replies.js';
import { type Answer, type AnswerPart, footer } from '../answer.js';
import { platformError } from './errors.js';
import { upload } from './upload.js';

type File = Extract<AnswerPart, { kind: 'file' }>;

export function hasFiles({ parts }: Answer): boolean {
  return parts.some(({ kind }) => kind === 'file');
}

/**
 * Shares an answer's files in its message's thread, each once: also when what came after it has to be tried again, or
 * Slack's word that it was shared got lost.
 *
 * Gives what is to be said of those that Slack does not take. Errors: those that time mends.
 */
export async function shareFiles(
  { parts }: Answer,
  key: string,
  at: { channel: string; ts: string },
  client: WebClient,
  redis: Redis,
): Promise<AnswerPart[]> {
  const said: AnswerPart[] = [];
  for (const part of parts) {
    if (part.kind !== 'file') continue;
    try {
      await shareOnce(part, `${PREFIX}:slack-shared:${jobId(`${key} ${part.name}`)}`, at, client, redis);
    } catch (error) {
      const why = platformError(error) ?? (isForGood(error) ? error.forPerson.why : undefined);
      if (why === undefined) throw error;
      said.push(footer(`${part.name} could not be shared (${why}); \`registrar config check\` tries the app’s scopes`));
    }
  }
  return said;
}

async function shareOnce(
  { name, text }: File,
  redisKey: string,
  { channel, ts }: { channel: string; ts: string },
  client: WebClient,
  redis: Redis,
): Promise<void> {
  const begun = await redis.get(redisKey);
  if (begun !== null && (await isThere(begun, client))) return;
  const remember = (id: string) => redis.set(redisKey, id, 'EX', ANSWER_SECONDS);
  await upload(name, Buffer.from(text), client, { share: { channel_id: channel, thread_ts: ts }, remember });
}

/** A file that was uploaded and never shared is none for Slack. */
async function isThere(file: string, client: WebClient): Promise<boolean> {
  try {
    await client.files.info({ file });
    return true;
  } catch (error) {
    if (platformError(error) === 'file_not_found') return false;
    throw error;
  }
}

function isForGood(error: unknown): error is EdgeError {
  return error instanceof EdgeError && error.retry === 'never';
}
