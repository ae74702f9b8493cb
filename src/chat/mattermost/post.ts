import { z } from 'zod';
import type { ReplyAddress } from '../request.js';
import { Id, type MattermostApi, Post } from './api.js';
import { Refused } from './errors.js';
import type { MattermostMessage } from './render.js';

/** Where a post of ours is. */
export interface PostPlace {
  channel: string;
  id: string;
}

/** Our mark on a post, by which it is found when the answer to posting it was lost. */
export const KEY_PROP = 'registrar_answer';

const Made = Post.pick({ id: true, channel_id: true });
const Direct = z.object({ id: Id });
const Nothing = z.unknown();

/** What comes with a message. `pending`: the server makes one post of all that say the same, for half a minute. */
export interface Extras {
  props?: Record<string, unknown>;
  fileIds?: readonly string[];
  pending?: string;
}

/**
 * Posts in the channel and thread, or, where the bot may not post, as a direct message to the person. A thread whose
 * beginning was removed is left.
 */
export async function post(
  api: MattermostApi,
  bot: string,
  { channel, thread, person }: ReplyAddress,
  message: MattermostMessage,
  { props = {}, fileIds = [], pending }: Extras = {},
): Promise<PostPlace> {
  const posted = async (where: string, root?: string): Promise<PostPlace> => {
    const made = await api.call(Made, 'POST', '/posts', {
      channel_id: where,
      message: message.message,
      props: { ...props, ...message.props },
      ...(root === undefined ? {} : { root_id: root }),
      ...(fileIds.length === 0 ? {} : { file_ids: fileIds }),
      ...(pending === undefined ? {} : { pending_post_id: pending }),
    });
    return { channel: made.channel_id, id: made.id };
  };
  try {
    return await posted(channel, thread);
  } catch (error) {
    if (thread !== undefined && isRefused(error, 'api.post.create_post.root_id.app_error')) return posted(channel);
    if (!isClosed(error) || person === '') throw error;
    // A command works in channels that the bot is not in.
    return posted(await direct(api, bot, person));
  }
}

/** To one person alone: as an ephemeral post where the bot's role allows that, which by default it does not. */
export async function tellAlone(
  api: MattermostApi,
  bot: string,
  { channel, thread, person }: ReplyAddress,
  message: MattermostMessage,
): Promise<void> {
  try {
    await api.call(Nothing, 'POST', '/posts/ephemeral', {
      user_id: person,
      post: {
        channel_id: channel,
        message: message.message,
        props: message.props,
        ...(thread === undefined ? {} : { root_id: thread }),
      },
    });
  } catch (error) {
    if (!(error instanceof Refused) || (error.status !== 403 && error.status !== 400)) throw error;
    await post(api, bot, { platform: 'mattermost', channel: await direct(api, bot, person), person: '' }, message);
  }
}

/** The channel of the direct messages with a person; the same each time. */
export async function direct(api: MattermostApi, bot: string, person: string): Promise<string> {
  return (await api.call(Direct, 'POST', '/channels/direct', [bot, person])).id;
}

/** Changes a post of ours. False when it is gone, or can't be changed any more. */
export async function edit(
  api: MattermostApi,
  { id }: PostPlace,
  message: MattermostMessage,
  { props = {}, fileIds = [] }: Extras = {},
): Promise<boolean> {
  try {
    await api.call(Nothing, 'PUT', `/posts/${id}/patch`, {
      message: message.message,
      // All of them: what is not there would be removed.
      props: { ...props, ...message.props },
      ...(fileIds.length === 0 ? {} : { file_ids: fileIds }),
    });
    return true;
  } catch (error) {
    if (error instanceof Refused && [400, 403, 404].includes(error.status)) return false;
    throw error;
  }
}

const Page = z.object({ posts: z.record(z.string(), Post) });

/** Posts of a channel that were made or changed since then, in order. Milliseconds since the epoch. */
export async function postsSince(api: MattermostApi, channel: string, since: number): Promise<Post[]> {
  const { posts } = await api.call(Page, 'GET', `/channels/${channel}/posts?since=${since}`);
  return Object.values(posts)
    .filter(({ delete_at }) => delete_at === 0)
    .sort((a, b) => a.create_at - b.create_at);
}

function isRefused(error: unknown, id: string): boolean {
  return error instanceof Refused && error.id === id;
}

/** The bot may not post there. */
export function isClosed(error: unknown): boolean {
  return (
    error instanceof Refused &&
    (error.status === 403 || error.id === 'api.post.create_post.can_not_post_to_deleted.error')
  );
}
