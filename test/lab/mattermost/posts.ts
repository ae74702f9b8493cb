import { storedProps } from './attachments.js';
import { AppError } from './errors.js';
import type { Events } from './events.js';
import { newId } from './ids.js';
import { callsInVain, pings } from './mentions.js';
import { checkNewPost, checkPost } from './post-checks.js';
import { showPost } from './show.js';
import type { State } from './state.js';
import type { Channel, Obj, Post, User } from './types.js';

export interface NewPost {
  channel_id: string;
  message?: string;
  root_id?: string;
  type?: string;
  props?: Obj;
  file_ids?: string[];
  pending_post_id?: string;
}

export interface PostChange {
  message?: string;
  props?: Obj;
  file_ids?: string[];
  is_pinned?: boolean;
}

/** What happens to posts, whoever does it. */
export class Posts {
  readonly #state: State;
  readonly #events: Events;

  constructor(state: State, events: Events) {
    this.#state = state;
    this.#events = events;
  }

  /** Checked as the server's own code does, rights left aside, stored and told to the members. */
  create(user: User, channel: Channel, input: NewPost): Post {
    checkNewPost(this.#state, channel, input);
    const post = this.build(user, input);
    checkPost(this.#state, post, input.file_ids ?? []);
    for (const id of post.file_ids) {
      const file = this.#state.files.get(id);
      if (file !== undefined) file.post_id = post.id;
    }
    this.#state.posts.set(post.id, post);
    channel.last_post_at = post.create_at;
    const notified = pings(this.#state, channel, post);
    for (const ping of notified) this.#state.pinged.push({ post, ...ping });
    const found = notified.map((p) => p.user.id);
    const sender = { sender_name: `@${user.username}`, team_id: channel.team_id, set_online: true };
    const named = {
      channel_type: channel.type,
      channel_name: channel.name,
      channel_display_name: channel.display_name,
    };
    const files = post.file_ids.flatMap((id) => this.#state.files.get(id) ?? []);
    const image = files.some((f) => f.mime_type.startsWith('image/'));
    this.#events.publish(
      'posted',
      (userId) => ({
        ...named,
        ...sender,
        post: JSON.stringify(showPost(this.#state, post)),
        ...(found.includes(userId) ? { mentions: JSON.stringify([userId]) } : {}),
        ...(files.length > 0 ? { otherFile: 'true' } : {}),
        ...(image ? { image: 'true' } : {}),
      }),
      { channel_id: channel.id },
    );
    if (callsInVain(this.#state, channel, post)) this.#note(user, channel, 'Channel notifications are disabled.');
    return post;
  }

  /** What the server itself tells one person. */
  #note(user: User, channel: Channel, message: string): void {
    const post = { ...this.build(user, { channel_id: channel.id, message }), type: 'system_ephemeral' };
    this.#state.ephemerals.push({ user_id: user.id, post });
    this.#events.publish(
      'ephemeral_message',
      { post: JSON.stringify(showPost(this.#state, post)) },
      { user_id: user.id },
    );
  }

  /** A post that is not stored: what is ephemeral is made of it. */
  build(user: User, input: NewPost): Post {
    const now = this.#state.now();
    const message = input.message ?? '';
    const given = user.bot === undefined ? (input.props ?? {}) : { ...input.props, from_bot: 'true' };
    const props = storedProps(this.#state, given);
    return {
      id: newId(),
      serial: this.#state.serial(),
      create_at: now,
      update_at: now,
      edit_at: 0,
      delete_at: 0,
      is_pinned: false,
      user_id: user.id,
      channel_id: input.channel_id,
      root_id: input.root_id ?? '',
      message,
      type: input.type ?? '',
      props,
      // What isn't the author's, or is used already, is dropped without a word.
      file_ids: (input.file_ids ?? []).filter((id) => this.#attachable(id, user.id, input.channel_id)),
      pending_post_id: input.pending_post_id ?? '',
      reactions: [],
      versions: [{ message, props, at: now }],
    };
  }

  #attachable(id: string, userId: string, channelId: string): boolean {
    const file = this.#state.files.get(id);
    return file?.user_id === userId && file.channel_id === channelId && file.post_id === '';
  }

  /** Absent fields stay. */
  change(post: Post, change: PostChange): Post {
    const before = JSON.stringify([post.message, post.props.attachments, post.file_ids]);
    const files = change.file_ids?.filter(
      (id) => post.file_ids.includes(id) || this.#attachable(id, post.user_id, post.channel_id),
    );
    const next: Post = {
      ...post,
      ...(change.message === undefined ? {} : { message: change.message }),
      ...(change.props === undefined ? {} : { props: storedProps(this.#state, change.props) }),
      ...(files === undefined ? {} : { file_ids: files }),
      ...(change.is_pinned === undefined ? {} : { is_pinned: change.is_pinned }),
    };
    checkPost(this.#state, next, change.file_ids ?? []);
    for (const id of files ?? []) {
      const file = this.#state.files.get(id);
      if (file !== undefined) file.post_id = post.id;
    }
    Object.assign(post, next);
    post.update_at = this.#state.now();
    if (JSON.stringify([post.message, post.props.attachments, post.file_ids]) !== before) post.edit_at = post.update_at;
    post.versions.push({ message: post.message, props: post.props, at: post.update_at });
    this.#tell('post_edited', post);
    return post;
  }

  /** A root takes its thread along. */
  remove(post: Post): void {
    // Members are told of the post as it was: not yet deleted.
    this.#tell('post_deleted', post);
    const now = this.#state.now();
    for (const p of this.#state.posts.values()) {
      if (p.id !== post.id && p.root_id !== post.id) continue;
      if (p.delete_at > 0) continue;
      p.delete_at = now;
      p.update_at = now;
    }
    this.#state.changes.emit();
  }

  react(post: Post, userId: string, emoji: string): Obj {
    const reaction = { user_id: userId, emoji_name: emoji, create_at: this.#state.now() };
    if (!/^[a-zA-Z0-9\-+_]{1,64}$/.test(emoji)) throw new AppError(400, 'model.reaction.is_valid.emoji_name.app_error');
    if (!post.reactions.some((r) => r.user_id === userId && r.emoji_name === emoji)) post.reactions.push(reaction);
    const told = { ...reaction, post_id: post.id, channel_id: post.channel_id };
    this.#events.publish('reaction_added', { reaction: JSON.stringify(told) }, { channel_id: post.channel_id });
    return told;
  }

  unreact(post: Post, userId: string, emoji: string): void {
    post.reactions = post.reactions.filter((r) => r.user_id !== userId || r.emoji_name !== emoji);
    const told = { user_id: userId, emoji_name: emoji, post_id: post.id, channel_id: post.channel_id };
    this.#events.publish('reaction_removed', { reaction: JSON.stringify(told) }, { channel_id: post.channel_id });
  }

  #tell(event: string, post: Post): void {
    const data = { post: JSON.stringify(showPost(this.#state, post)) };
    this.#events.publish(event, data, { channel_id: post.channel_id });
  }
}
