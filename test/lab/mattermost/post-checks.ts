import { AppError, badParam } from './errors.js';
import type { State } from './state.js';
import { type Channel, type Post, runes, type User } from './types.js';

const refuse = (id: string): never => {
  throw new AppError(400, id);
};

/** What a new post is checked for before anything is made of it. */
export function checkNewPost(
  state: State,
  channel: Channel,
  input: { type?: string; root_id?: string; message?: string },
): void {
  if (channel.delete_at > 0) refuse('api.post.create_post.can_not_post_to_deleted.error');
  const rootId = input.root_id ?? '';
  if (rootId === '') return;
  const root = state.posts.get(rootId);
  if (root === undefined || root.delete_at > 0 || root.root_id !== '') {
    refuse('api.post.create_post.root_id.app_error');
  } else if (root.channel_id !== channel.id) {
    refuse('api.post.create_post.channel_root_id.app_error');
  }
}

/** What only the server itself may say. */
export function checkType(type: string): void {
  if (type.startsWith('system_')) throw badParam('post.type');
}

export function checkDirect(state: State, user: User, channel: Channel): void {
  if (channel.type !== 'D' || state.settings.RestrictDirectMessage !== 'team' || user.bot !== undefined) return;
  const [a = '', b = ''] = [...channel.members.keys()];
  if ([a, b].some((id) => state.users.get(id)?.bot !== undefined)) return;
  const together = [...state.teams.values()].some((t) => t.members.has(a) && t.members.has(b));
  if (!together) refuse('api.post.create_post.can_not_post_in_restricted_dm.error');
}

/** The limits of the stored post. */
export function checkPost(state: State, post: Post, givenFiles: string[]): void {
  if (runes(post.message) > state.settings.MaxPostSize) refuse('model.post.is_valid.message_length.app_error');
  if (runes(JSON.stringify(givenFiles)) > 300) refuse('model.post.is_valid.file_ids.app_error');
  if (runes(JSON.stringify(post.props)) > 800_000) refuse('model.post.is_valid.props.app_error');
}
