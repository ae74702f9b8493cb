export type Obj = Record<string, unknown>;

export interface Timezone {
  /** "true" or "false": the server keeps a map of strings. */
  useAutomaticTimezone: string;
  automaticTimezone: string;
  manualTimezone: string;
}

export interface User {
  readonly id: string;
  readonly create_at: number;
  username: string;
  email: string;
  first_name: string;
  last_name: string;
  nickname: string;
  roles: string;
  locale: string;
  timezone: Timezone;
  update_at: number;
  delete_at: number;
  password: string;
  /** The code that a second factor wants at the moment. */
  mfa?: string;
  /** Plain words that notify, besides the name. */
  keywords: string[];
  /** Whether the first name notifies. */
  firstNameNotifies: boolean;
  bot?: { display_name: string; description: string; owner_id: string };
}

export interface NewUser {
  username: string;
  locale?: string;
  /** The zone their browser is in, or `{ manual }` for one they chose themselves. */
  timezone?: string | { manual: string };
  /** Added to system_user, e.g. system_admin; `system_guest` replaces it. */
  roles?: string;
  email?: string;
  firstName?: string;
  firstNameNotifies?: boolean;
  password?: string;
  mfa?: string;
  keywords?: string[];
  /** Deactivated. */
  deactivated?: boolean;
}

export interface Token {
  readonly id: string;
  readonly token: string;
  readonly user_id: string;
  readonly kind: 'session' | 'access';
  description: string;
  active: boolean;
}

export interface Team {
  readonly id: string;
  readonly create_at: number;
  name: string;
  display_name: string;
  delete_at: number;
  /** User id → roles in the team. */
  readonly members: Map<string, string>;
}

export type ChannelType = 'O' | 'P' | 'D' | 'G';

export interface Channel {
  readonly id: string;
  readonly type: ChannelType;
  readonly team_id: string;
  readonly create_at: number;
  name: string;
  display_name: string;
  delete_at: number;
  last_post_at: number;
  readonly members: Map<string, string>;
}

export interface Post {
  readonly id: string;
  /** In which order things happened, within one millisecond too. Not the server's. */
  readonly serial: number;
  readonly create_at: number;
  readonly user_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  update_at: number;
  edit_at: number;
  delete_at: number;
  is_pinned: boolean;
  message: string;
  type: string;
  props: Obj;
  file_ids: string[];
  pending_post_id: string;
  reactions: { user_id: string; emoji_name: string; create_at: number }[];
  /** Each state the post has had, oldest first: what somebody watching the channel saw. */
  readonly versions: { message: string; props: Obj; at: number }[];
}

export interface Command {
  readonly id: string;
  readonly create_at: number;
  readonly creator_id: string;
  token: string;
  team_id: string;
  update_at: number;
  delete_at: number;
  trigger: string;
  method: string;
  url: string;
  username: string;
  icon_url: string;
  auto_complete: boolean;
  auto_complete_desc: string;
  auto_complete_hint: string;
  display_name: string;
  description: string;
}

export interface StoredFile {
  readonly id: string;
  readonly user_id: string;
  readonly channel_id: string;
  readonly create_at: number;
  readonly name: string;
  readonly mime_type: string;
  readonly content: Buffer;
  post_id: string;
}

/** One call that came over the network. */
export interface RecordedRequest {
  readonly seq: number;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** As the router knows it, e.g. `PUT /posts/:post_id/patch`. */
  readonly route: string;
  readonly query: Record<string, string>;
  readonly body: unknown;
  /** Whose token it was. */
  readonly username: string | undefined;
  status?: number;
  /** The error's id. */
  error?: string;
  fault?: string;
  answer?: unknown;
}

/** One call of the server to an integration. */
export interface RecordedDelivery {
  readonly kind: 'command' | 'action' | 'dialog';
  readonly url: string;
  readonly body: Obj;
  readonly headers: Record<string, string>;
  readonly at: number;
  /** When the answer was there; absent while there is none. */
  answeredAt?: number;
  status?: number;
  /** Why there is no answer, as the server's log would say. */
  error?: string;
}

export function isObj(value: unknown): value is Obj {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function str(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
}

export function objs(value: unknown): Obj[] {
  return Array.isArray(value) ? value.filter(isObj) : [];
}

/** Characters as the server counts them: neither bytes nor UTF-16 units. */
export function runes(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
