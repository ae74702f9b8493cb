import { type Call, ok, type Reply } from './api.js';
import { badParam } from './errors.js';
import { needChannel } from './rights.js';
import { showPosts } from './show.js';
import type { State } from './state.js';

const MOST_SINCE = 1000;

/** A channel's posts, the newest first: by pages, around a post, or all that changed since a time. */
export function channelPosts(state: State, call: Call): Reply {
  const channel = needChannel(state, call.me, state.channels.get(call.id('channel_id')), 'read_channel');
  const all = [...state.posts.values()].filter((p) => p.channel_id === channel.id).reverse();
  const since = call.query.get('since');
  if (since !== null) {
    if (!/^\d+$/.test(since)) throw badParam('since');
    // By update_at, edits and deletions included; never paged.
    const changed = all.filter((p) => p.update_at > Number(since));
    return ok(showPosts(state, changed.slice(0, MOST_SINCE)));
  }
  const there = all.filter((p) => p.delete_at === 0);
  const at = (id: string): number => {
    const index = there.findIndex((p) => p.id === id);
    if (index < 0) throw badParam('post_id');
    return index;
  };
  const after = call.query.get('after');
  const before = call.query.get('before');
  if (after) {
    // The page nearest to the post comes first, though each page shows its newest first.
    const newer = there.slice(0, at(after)).reverse();
    return ok(showPosts(state, call.page(newer).reverse()));
  }
  if (before) return ok(showPosts(state, call.page(there.slice(at(before) + 1))));
  return ok(showPosts(state, call.page(there)));
}
