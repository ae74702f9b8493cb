import { createHash } from 'node:crypto';
import { ErrorCode, type WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { EdgeError } from '../../errors.js';
import { pictureOf } from '../../picture/picture.js';
import { png } from '../../picture/png.js';
import { PREFIX } from '../../queue/connection.js';
import { jobId } from '../../queue/dispatcher.js';
import type { ReplyJob } from '../../queue/jobs.js';
import { ANSWER_SECONDS } from '../../queue/replies.js';
import type { AnswerPart } from '../answer.js';
import { edgeError } from './errors.js';
import type { SlackPicture } from './render.js';
import { notTaken, upload } from './upload.js';

/** Slack looks at an uploaded picture before it may stand in a message. Milliseconds. */
const READY_MS = 2_000;

/** A picture in Slack, under the key that Redis remembers its file by. */
interface Uploaded extends SlackPicture {
  redisKey: string;
  /** Uploaded for an earlier message. */
  kept: boolean;
}
export type Pictures = ReadonlyMap<AnswerPart, Uploaded>;

/**
 * The pictures of an answer, uploaded unless Slack has the same one already. Not shared with a channel: only the
 * message that they stand in shows them.
 *
 * A part whose picture can't be had is missing, and is then said in words. Errors: `slack-failed` with `retry`, when
 * Slack wants less haste; and once per answer when it does not answer, for an answer matters more than its picture.
 */
export async function uploadPictures(reply: ReplyJob, client: WebClient, redis: Redis): Promise<Pictures> {
  const pictures = new Map<AnswerPart, Uploaded>();
  // Progress is edited every second or two: words do for that.
  if (reply.answer.mark === 'running') return pictures;
  for (const part of reply.answer.parts) {
    const drawn = pictureOf(part);
    if (drawn === undefined) continue;
    try {
      pictures.set(part, { alt: drawn.alt, ...(await fileOf(drawn.svg, part.kind, client, redis)) });
    } catch (error) {
      if (isRateLimit(error) || (mayPass(error) && (await mayTryAgain(reply, redis)))) throw edgeError(error);
    }
  }
  return pictures;
}

/**
 * What to do when Slack refuses the blocks that pictures stand in: `undefined`, say it in words; else the error that
 * leads to another try, for a fresh file may not be ready yet. A file that was kept may have been deleted in Slack.
 */
export async function afterRefusal(pictures: Pictures, reply: ReplyJob, redis: Redis): Promise<EdgeError | undefined> {
  for (const { kept, redisKey } of pictures.values()) if (kept) await redis.del(redisKey);
  return (await mayTryAgain(reply, redis)) ? notTaken('it is not ready', { afterMs: READY_MS }) : undefined;
}

async function fileOf(
  svg: string,
  name: string,
  client: WebClient,
  redis: Redis,
): Promise<{ fileId: string; redisKey: string; kept: boolean }> {
  const bytes = await png(svg);
  const redisKey = `${PREFIX}:slack-picture:${createHash('sha256').update(bytes).digest('hex')}`;
  const known = await redis.get(redisKey);
  if (known !== null) return { fileId: known, redisKey, kept: true };
  const id = await upload(`${name}.png`, bytes, client);
  await redis.set(redisKey, id, 'EX', ANSWER_SECONDS);
  return { fileId: id, redisKey, kept: false };
}

function isRateLimit(error: unknown): boolean {
  return error instanceof EdgeError ? error.status === 429 : codeOf(error) === ErrorCode.RateLimitedError;
}

/** Time may mend it: nobody answered, or with a bad moment of a server. */
function mayPass(error: unknown): boolean {
  if (error instanceof EdgeError) return error.retry !== 'never';
  return codeOf(error) === ErrorCode.RequestError || codeOf(error) === ErrorCode.HTTPError;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** True once per answer. */
async function mayTryAgain({ key, sequence }: ReplyJob, redis: Redis): Promise<boolean> {
  const tried = `${PREFIX}:slack-picture-tried:${jobId(`${key}#${sequence}`)}`;
  return (await redis.set(tried, '1', 'EX', ANSWER_SECONDS, 'NX')) === 'OK';
}
