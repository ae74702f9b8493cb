import { showPost } from './show.js';
import { isObj, type Obj, type Post, str, strings } from './types.js';
import type { World } from './world.js';

/** A post as somebody's client shows it. */
export interface Seen {
  readonly id: string;
  readonly channel_id: string;
  readonly root_id: string;
  readonly user_id: string;
  readonly message: string;
  readonly props: Obj;
  readonly file_ids: string[];
  readonly ephemeral: boolean;
  readonly edited: boolean;
}

/** Everything a person's client shows, of one channel or of all, oldest first. */
export function seenBy(w: World, userId: string, channelId?: string): Seen[] {
  const { state } = w;
  const here = (id: string): boolean => {
    if (channelId !== undefined && id !== channelId) return false;
    return state.channels.get(id)?.members.has(userId) === true;
  };
  const stored = [...state.posts.values()]
    .filter((p) => p.delete_at === 0 && here(p.channel_id) && !p.type.startsWith('system_'))
    .map((post) => ({ post, shown: showPost(state, post), ephemeral: false }));
  const fleeting = state.ephemerals
    .filter((e) => e.user_id === userId && here(e.post.channel_id))
    .map(({ post }) => ({ post, shown: w.ephemerals.show(post), ephemeral: true }));
  return [...stored, ...fleeting]
    .sort((a, b) => a.post.serial - b.post.serial)
    .map(({ post, shown, ephemeral }) => seen(post, shown, ephemeral));
}

function seen(post: Post, shown: Obj, ephemeral: boolean): Seen {
  return {
    id: post.id,
    channel_id: post.channel_id,
    root_id: post.root_id,
    user_id: post.user_id,
    message: str(shown.message),
    props: isObj(shown.props) ? shown.props : {},
    file_ids: strings(shown.file_ids),
    ephemeral,
    edited: post.edit_at > 0,
  };
}
