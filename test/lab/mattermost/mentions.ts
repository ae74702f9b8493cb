import { mayChannel } from './rights.js';
import type { State } from './state.js';
import { type Channel, objs, type Post, str, type User } from './types.js';

export interface Ping {
  readonly user: User;
  readonly by: 'name' | 'keyword' | 'channel' | 'direct';
}

const EVERYBODY = new Set(['@channel', '@all', '@here']);

/** Text without code: nothing in a fence or between back-ticks notifies anybody. */
export function withoutCode(text: string): string {
  const kept: string[] = [];
  let fence: { mark: string; length: number } | undefined;
  for (const line of text.split('\n')) {
    const run = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    const mark = run?.[1]?.[0] ?? '';
    const length = run?.[1]?.length ?? 0;
    if (fence === undefined && run !== null && !(mark === '`' && run[2]?.includes('`'))) fence = { mark, length };
    else if (fence === undefined) kept.push(line);
    else if (mark === fence.mark && length >= fence.length && run?.[2]?.trim() === '') fence = undefined;
  }
  return kept.join('\n').replace(/(?<!`)(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g, ' ');
}

/** Words as the server looks for mentions in: what separates is whatever can't stand in a name. */
function* words(text: string): Generator<string> {
  for (const raw of withoutCode(text).split(/[^\p{L}\p{N}:.\-_@]+/u)) {
    if (raw === '' || (raw.startsWith(':') && raw.endsWith(':'))) continue;
    const word = raw.replace(/^[:.\-_]+/, '');
    yield word;
    for (let cut = word; /[.\-:_]$/.test(cut); ) {
      cut = cut.slice(0, -1);
      yield cut;
    }
    if (!word.startsWith('@') && /[.\-:]/.test(word)) yield* word.split(/[.\-:]/);
  }
}

/** The parts of a post that may notify: not titles, footers and authors. */
function* texts(post: Post): Generator<string> {
  yield post.message;
  for (const attachment of objs(post.props.attachments)) {
    yield str(attachment.pretext);
    yield str(attachment.text);
    for (const field of objs(attachment.fields)) if (typeof field.value === 'string') yield field.value;
  }
}

/** Whether a post calls everybody, by somebody who may not. */
export function callsInVain(state: State, channel: Channel, post: Post): boolean {
  const author = state.users.get(post.user_id);
  if (author === undefined || mayChannel(state, author, channel, 'use_channel_mentions')) return false;
  return [...texts(post)].some((text) => [...words(text)].some((word) => EVERYBODY.has(word.toLowerCase())));
}

/** Who is notified by a post: members of its channel, never twice, its author only when it came by an integration. */
export function pings(state: State, channel: Channel, post: Post): Ping[] {
  if (post.type.startsWith('system_')) return [];
  const found = new Map<string, Ping>();
  const author = state.users.get(post.user_id);
  const members = [...channel.members.keys()].flatMap((id) => state.users.get(id) ?? []);
  const mute = members.length > state.settings.MaxNotificationsPerChannel;
  const everybody = !mute && author !== undefined && mayChannel(state, author, channel, 'use_channel_mentions');
  const add = (user: User, by: Ping['by']): void => {
    if (user.delete_at > 0 || found.has(user.id)) return;
    if (user.id === post.user_id && post.props.from_webhook !== 'true') return;
    found.set(user.id, { user, by });
  };
  if (channel.type === 'D') for (const user of members) add(user, 'direct');
  for (const text of texts(post)) {
    for (const word of words(text)) {
      const lower = word.toLowerCase();
      if (EVERYBODY.has(lower)) {
        if (everybody) for (const user of members) add(user, 'channel');
        continue;
      }
      for (const user of members) {
        if (lower === `@${user.username}`) add(user, 'name');
        else if (user.keywords.some((k) => k.toLowerCase() === lower)) add(user, 'keyword');
        else if (user.firstNameNotifies && user.first_name !== '' && user.first_name === word) add(user, 'keyword');
      }
    }
  }
  return [...found.values()];
}
