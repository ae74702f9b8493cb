import type { WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import type { ReplyJob } from '../../queue/jobs.js';
import { recallPlace, rememberPlace } from '../places.js';
import type { ReplyAddress } from '../request.js';
import { edgeError, platformError } from './errors.js';
import { afterRefusal, uploadPictures } from './pictures.js';
import { renderSlack, type SlackMessage } from './render.js';
import { hasFiles, shareFiles } from './share.js';

/** Our mark on a message, by which it is found when the answer to posting it was lost. */
const EVENT_TYPE = 'registrar_answer';

/** Where a message of ours is. `posting` is set before the first try: an answer may have arrived without our knowing. */
interface Place {
  channel?: string;
  ts?: string;
  sequence?: number;
  posting?: boolean;
}

/**
 * Posts an answer once, or edits the message that has its key.
 *
 * Slack's API has no key of ours to make a post idempotent: the message carries ours as metadata, and before a
 * second try the channel's last messages are searched for it. No answer is lost because of a picture in it.
 * Errors: `slack-failed`, with `retry` where a later try may go through.
 */
export async function deliverToSlack(reply: ReplyJob, client: WebClient, redis: Redis): Promise<void> {
  const { key, sequence, answer } = reply;
  const place = await recallPlace<Place>(redis, key);
  if ((place.sequence ?? 0) >= sequence) return;
  const address = await inThread(reply.address, redis);
  try {
    const pictures = await uploadPictures(reply, client, redis);
    const known =
      place.ts !== undefined && place.channel !== undefined
        ? { channel: place.channel, ts: place.ts }
        : place.posting
          ? await search(address, key, client)
          : undefined;
    const put = async (message: SlackMessage) =>
      (known && (await edit(known, message, key, client))) ?? (await post(address, key, message, client, redis));
    if (answer.quiet === true && known === undefined) {
      await tellAlone(address, renderSlack(answer, key), client);
      await rememberPlace<Place>(redis, key, { sequence });
      return;
    }
    const done = await put(renderSlack(answer, key, pictures)).catch(async (error: unknown) => {
      if (pictures.size === 0 || platformError(error) !== 'invalid_blocks') throw error;
      const later = await afterRefusal(pictures, reply, redis);
      if (later !== undefined) throw later;
      return put(renderSlack(answer, key));
    });
    if (hasFiles(answer)) {
      // The message is found at once should a file be tried again.
      await rememberPlace<Place>(redis, key, { ...place, ...done });
      const said = await shareFiles(answer, key, done, client, redis);
      if (said.length > 0)
        await edit(done, renderSlack({ ...answer, parts: [...answer.parts, ...said] }, key), key, client);
    }
    await rememberPlace<Place>(redis, key, { ...done, sequence });
  } catch (error) {
    throw edgeError(error);
  }
}

/** To one person alone. Slack gives such a message no place where it could be edited. */
async function tellAlone({ channel, thread, person }: ReplyAddress, message: SlackMessage, client: WebClient) {
  if (!channel.startsWith('D')) {
    try {
      const inThread = thread === undefined ? {} : { thread_ts: thread };
      await client.chat.postEphemeral({ channel, user: person, ...message, ...inThread });
      return;
    } catch (error) {
      if (!isClosed(error) && platformError(error) !== 'user_not_in_channel') throw error;
    }
  }
  const direct = channel.startsWith('D') ? channel : (await client.conversations.open({ users: person })).channel?.id;
  if (direct === undefined) throw new Error('Slack opened no direct message');
  await client.chat.postMessage({ channel: direct, ...message, unfurl_links: false, unfurl_media: false });
}

async function post(
  address: ReplyAddress,
  key: string,
  message: SlackMessage,
  client: WebClient,
  redis: Redis,
): Promise<{ channel: string; ts: string }> {
  await rememberPlace<Place>(redis, key, { posting: true });
  const posted = (channel: string, thread?: string) =>
    client.chat.postMessage({
      channel,
      ...message,
      ...(thread === undefined ? {} : { thread_ts: thread }),
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: EVENT_TYPE, event_payload: { key } },
    });
  try {
    return placeOf(await posted(address.channel, address.thread), address.channel);
  } catch (error) {
    if (THREAD_GONE.has(platformError(error) ?? '')) return placeOf(await posted(address.channel), address.channel);
    if (!isClosed(error) || address.person === '') throw error;
    // A slash command works in channels that the bot is not in: the person gets the answer as a direct message.
    const opened = await client.conversations.open({ users: address.person });
    const direct = opened.channel?.id;
    if (direct === undefined) throw error;
    return placeOf(await posted(direct), direct);
  }
}

/** Below an answer of ours: in its thread, where it was posted. */
async function inThread(address: ReplyAddress, redis: Redis): Promise<ReplyAddress> {
  if (address.under === undefined) return address;
  const { channel, ts } = await recallPlace<Place>(redis, address.under);
  return channel === undefined || ts === undefined ? address : { ...address, channel, thread: ts };
}

/** `undefined` when the message is gone or can't be edited any more: the answer is then posted anew rather than lost. */
async function edit(
  at: { channel: string; ts: string },
  message: SlackMessage,
  key: string,
  client: WebClient,
): Promise<{ channel: string; ts: string } | undefined> {
  try {
    await client.chat.update({ ...at, ...message, metadata: { event_type: EVENT_TYPE, event_payload: { key } } });
    return at;
  } catch (error) {
    if (isClosed(error) || NOT_EDITABLE.has(platformError(error) ?? '')) return undefined;
    throw error;
  }
}

async function search(
  { channel, thread, person }: ReplyAddress,
  key: string,
  client: WebClient,
): Promise<{ channel: string; ts: string } | undefined> {
  const inThere = async (where: string, parent?: string) => {
    const options = { channel: where, include_all_metadata: true, limit: 50 };
    const found =
      parent === undefined
        ? await client.conversations.history(options)
        : await client.conversations.replies({ ...options, ts: parent });
    const ours = (found.messages ?? []).find((one) => {
      const metadata = one.metadata as { event_type?: string; event_payload?: { key?: unknown } } | undefined;
      return metadata?.event_type === EVENT_TYPE && metadata.event_payload?.key === key;
    });
    return ours?.ts === undefined ? undefined : { channel: where, ts: ours.ts };
  };
  try {
    return await inThere(channel, thread);
  } catch (error) {
    if (!isClosed(error) || person === '') throw error;
    const direct = (await client.conversations.open({ users: person })).channel?.id;
    return direct === undefined ? undefined : inThere(direct);
  }
}

function placeOf(answer: { channel?: string; ts?: string }, fallback: string): { channel: string; ts: string } {
  if (answer.ts === undefined) throw new Error('Slack posted without saying where');
  return { channel: answer.channel ?? fallback, ts: answer.ts };
}

/** The channel is not open to the bot. */
function isClosed(error: unknown): boolean {
  return ['not_in_channel', 'channel_not_found', 'is_archived', 'restricted_action', 'missing_scope'].includes(
    platformError(error) ?? '',
  );
}

/** A message of ours that Slack edits no more. */
const NOT_EDITABLE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive']);

/** The message that the answer belongs under was removed, or takes no replies. */
const THREAD_GONE = new Set(['invalid_thread_ts', 'thread_not_found', 'cannot_reply_to_message']);
