import { shownProps } from './attachments.js';
import { maySystem } from './rights.js';
import type { State } from './state.js';
import type { Channel, Command, Obj, Post, StoredFile, Team, User } from './types.js';

/** Things as the API shows them. */

export function showPost(state: State, post: Post, cookie?: (action: Obj) => string): Obj {
  const { versions: _, serial: __, reactions, props, pending_post_id, ...rest } = post;
  const replies = [...state.posts.values()].filter((p) => p.root_id === (post.root_id || post.id) && p.delete_at === 0);
  const files = post.file_ids.flatMap((id) => {
    const file = state.files.get(id);
    return file === undefined ? [] : [showFile(file)];
  });
  return {
    ...rest,
    original_id: '',
    hashtags: '',
    props: shownProps(props, cookie),
    pending_post_id,
    remote_id: '',
    reply_count: replies.length,
    last_reply_at: replies.at(-1)?.create_at ?? 0,
    participants: null,
    ...(reactions.length > 0 ? { has_reactions: true } : {}),
    metadata: {
      ...(files.length > 0 ? { files } : {}),
      ...(reactions.length > 0 ? { reactions: reactions.map((r) => ({ ...r, post_id: post.id })) } : {}),
    },
  };
}

/** Posts as lists give them, in this order. */
export function showPosts(state: State, posts: Post[]): Obj {
  return {
    order: posts.map((p) => p.id),
    posts: Object.fromEntries(posts.map((p) => [p.id, showPost(state, p)])),
    next_post_id: '',
    prev_post_id: '',
    has_next: false,
  };
}

/** A person as `viewer` may see them. */
export function showUser(state: State, user: User, viewer: User): Obj {
  const { password: _, mfa: __, keywords, firstNameNotifies, bot, ...rest } = user;
  const own = user.id === viewer.id;
  const email = own || state.settings.ShowEmailAddress || maySystem(state, viewer, 'manage_system');
  return {
    ...rest,
    email: email && bot === undefined ? user.email : '',
    auth_service: '',
    position: '',
    timezone: { ...user.timezone },
    ...(own
      ? { notify_props: { mention_keys: keywords.join(','), first_name: String(firstNameNotifies), channel: 'true' } }
      : {}),
    ...(bot === undefined ? {} : { is_bot: true, bot_description: bot.description }),
  };
}

export function showBot(user: User): Obj {
  return {
    user_id: user.id,
    username: user.username,
    ...user.bot,
    create_at: user.create_at,
    update_at: user.update_at,
    delete_at: user.delete_at,
  };
}

export function showTeam(team: Team): Obj {
  const { members: _, ...rest } = team;
  return { ...rest, update_at: team.create_at, description: '', email: '', type: 'O', allow_open_invite: true };
}

export function showChannel(channel: Channel): Obj {
  const { members: _, ...rest } = channel;
  return { ...rest, update_at: channel.create_at, header: '', purpose: '', creator_id: '', props: null };
}

/** Whoever doesn't manage a command must not see its token. */
export function showCommand(command: Command, withToken: boolean): Obj {
  return withToken ? { ...command } : { ...command, token: '', creator_id: '', method: '', url: '', username: '' };
}

export function showFile(file: StoredFile): Obj {
  const { content, ...rest } = file;
  const picture = file.mime_type.startsWith('image/');
  const png = file.mime_type === 'image/png' && content.length >= 24;
  return {
    ...rest,
    update_at: file.create_at,
    delete_at: 0,
    extension: /\.([^.]+)$/.exec(file.name)?.[1] ?? '',
    size: content.length,
    width: png ? content.readUInt32BE(16) : 0,
    height: png ? content.readUInt32BE(20) : 0,
    has_preview_image: picture,
    archived: false,
  };
}
