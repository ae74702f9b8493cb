import type { Redis } from 'ioredis';
import { pictureOf } from '../../picture/picture.js';
import { png } from '../../picture/png.js';
import { jobId } from '../../queue/dispatcher.js';
import type { ReplyJob } from '../../queue/jobs.js';
import { ANSWER_SECONDS } from '../../queue/replies.js';
import type { Seal } from '../../secrets/seal.js';
import type { Answer, AnswerPart } from '../answer.js';
import { recallPlace, rememberPlace } from '../places.js';
import type { ReplyAddress } from '../request.js';
import type { MattermostApi } from './api.js';
import { sealPressed } from './context.js';
import { edgeError, Refused } from './errors.js';
import type { People } from './people.js';
import { direct, edit, isClosed, KEY_PROP, type PostPlace, post, postsSince, tellAlone } from './post.js';
import { type MattermostMessage, type Press, renderMattermost } from './render.js';

/** What answers are delivered with. */
export interface Delivery {
  api: MattermostApi;
  redis: Redis;
  seal: Seal;
  /** The bot's own user. */
  bot: string;
  people: People;
  /** Where the server reaches us. */
  callbackUrl: string;
  now: () => number;
}

/** Where an answer of ours is. `posting`: since then it may have arrived without our knowing. Milliseconds. */
interface Place extends Partial<PostPlace> {
  sequence?: number;
  posting?: number;
}

/** Clocks of server and bot may differ by so much when a post is looked for. Milliseconds. */
const CLOCKS_MS = 120_000;
/** A picture's alternative text is its file's name. Characters. */
const ALT_LIMIT = 120;

/**
 * Posts an answer once, or edits the post that has its key.
 *
 * Errors: `mattermost-failed`, with `retry` where a later try may go through.
 */
export async function deliverToMattermost(reply: ReplyJob, delivery: Delivery): Promise<void> {
  const { key, sequence, answer } = reply;
  const { api, redis, bot, now } = delivery;
  const place = await recallPlace<Place>(redis, key);
  if ((place.sequence ?? 0) >= sequence) return;
  const address = await inThread(reply.address, redis);
  const message = await drawn(answer, key, address, delivery);
  const mark = { [KEY_PROP]: jobId(key) };
  try {
    const known =
      placeOf(place) ?? (place.posting === undefined ? undefined : await search(address, key, place.posting, delivery));
    if (answer.quiet === true && known === undefined) {
      await tellAlone(api, bot, address, message);
      await rememberPlace<Place>(redis, key, { sequence });
      return;
    }
    const fileIds = await files(answer, known?.channel ?? address.channel, api);
    if (known !== undefined && (await edit(api, known, message, { props: mark, fileIds }))) {
      await rememberPlace<Place>(redis, key, { ...known, sequence });
      return;
    }
    await rememberPlace<Place>(redis, key, { posting: now() });
    const made = await post(api, bot, address, message, {
      props: mark,
      fileIds,
      pending: `registrar:${jobId(key)}:${sequence}`,
    });
    await rememberPlace<Place>(redis, key, { ...made, sequence });
  } catch (error) {
    throw edgeError(error);
  }
}

/** An answer as a post, its buttons sealed for that channel, its times in the zone of who asked. */
export async function drawn(
  answer: Answer,
  key: string,
  { channel, thread, person }: Pick<ReplyAddress, 'channel' | 'thread' | 'person'>,
  { seal, callbackUrl, people, now }: Pick<Delivery, 'seal' | 'callbackUrl' | 'people' | 'now'>,
): Promise<MattermostMessage> {
  const until = now() + ANSWER_SECONDS * 1000;
  const integration = ({ action, value }: Press) => ({
    url: `${callbackUrl}/chat/mattermost/action`,
    context: {
      sealed: sealPressed({ action, value, key, channel, until, ...(thread === undefined ? {} : { thread }) }, seal),
    },
  });
  return renderMattermost(answer, integration, (await people(person)).zone);
}

/**
 * Pictures and files of an answer that is final, as the server's ids: words do for progress. One that the server does
 * not take, for it is too large or attachments are off, is left out: the answer matters more.
 */
async function files({ mark, parts }: Answer, channel: string, api: MattermostApi): Promise<string[]> {
  const ids: string[] = [];
  if (mark === 'running') return ids;
  for (const part of parts) {
    const file = await fileOf(part);
    if (file === undefined) continue;
    try {
      ids.push(await api.upload(channel, file.name, file.bytes));
    } catch (error) {
      if (!(error instanceof Refused) || error.status >= 500 || error.status === 429) throw error;
    }
  }
  return ids;
}

async function fileOf(part: AnswerPart): Promise<{ name: string; bytes: Buffer } | undefined> {
  if (part.kind === 'file') return { name: part.name, bytes: Buffer.from(part.text) };
  const picture = pictureOf(part);
  return picture === undefined ? undefined : { name: named(picture.alt), bytes: await png(picture.svg) };
}

function named(words: string): string {
  return `${words
    .replace(/[^\p{L}\p{N} ,.;%-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, ALT_LIMIT)
    .trim()}.png`;
}

/** Below an answer of ours: in its thread, where it was posted. */
async function inThread(address: ReplyAddress, redis: Redis): Promise<ReplyAddress> {
  if (address.under === undefined) return address;
  const above = placeOf(await recallPlace<Place>(redis, address.under));
  return above === undefined ? address : { ...address, channel: above.channel, thread: above.id };
}

async function search(
  { channel, person }: ReplyAddress,
  key: string,
  since: number,
  { api, bot }: Delivery,
): Promise<PostPlace | undefined> {
  const inThere = async (where: string): Promise<PostPlace | undefined> => {
    const posts = await postsSince(api, where, since - CLOCKS_MS);
    const ours = posts.find((one) => one.user_id === bot && one.props?.[KEY_PROP] === jobId(key));
    return ours === undefined ? undefined : { channel: where, id: ours.id };
  };
  try {
    return await inThere(channel);
  } catch (error) {
    if (!isClosed(error) || person === '') throw error;
    return inThere(await direct(api, bot, person));
  }
}

function placeOf({ id, channel }: Place): PostPlace | undefined {
  return id === undefined || channel === undefined ? undefined : { id, channel };
}
