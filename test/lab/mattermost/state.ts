import type { Timers } from '../slack/clock.js';
import { Changes } from '../slack/wait.js';
import { newId } from './ids.js';
import { defaultRoles } from './rights.js';
import { defaultSettings, type Settings } from './settings.js';
import type {
  Channel,
  ChannelType,
  Command,
  NewUser,
  Post,
  RecordedDelivery,
  RecordedRequest,
  StoredFile,
  Team,
  Token,
  User,
} from './types.js';

/** Everything the server remembers. */
export class State {
  readonly timers: Timers;
  readonly changes = new Changes();
  readonly settings: Settings;
  /** Role → rights. */
  readonly roles = defaultRoles();
  readonly users = new Map<string, User>();
  readonly tokens = new Map<string, Token>();
  readonly teams = new Map<string, Team>();
  readonly channels = new Map<string, Channel>();
  readonly posts = new Map<string, Post>();
  /** Shown to one person, stored nowhere on a real server. */
  readonly ephemerals: { user_id: string; post: Post }[] = [];
  readonly commands = new Map<string, Command>();
  readonly files = new Map<string, StoredFile>();
  readonly requests: RecordedRequest[] = [];
  readonly deliveries: RecordedDelivery[] = [];
  /** What a real server would only have logged: a test expects none. */
  readonly problems: string[] = [];
  /** Who was notified of which post, and why. */
  readonly pinged: { post: Post; user: User; by: string }[] = [];
  /** The SiteURL, without a slash at the end. */
  siteUrl = '';
  #serial = 0;

  constructor(timers: Timers, settings: Partial<Settings> = {}) {
    this.timers = timers;
    this.settings = { ...defaultSettings(), ...settings };
  }

  now(): number {
    return this.timers.now();
  }

  serial(): number {
    this.#serial += 1;
    return this.#serial;
  }

  problem(text: string): void {
    this.problems.push(text);
    this.changes.emit();
  }

  addUser(u: NewUser): User {
    const now = this.now();
    const manual = typeof u.timezone === 'object' ? u.timezone.manual : '';
    const roles = u.roles ?? '';
    const user: User = {
      id: newId(),
      create_at: now,
      update_at: now,
      delete_at: u.deactivated === true ? now : 0,
      username: u.username,
      email: u.email ?? `${u.username}@example.com`,
      first_name: u.firstName ?? '',
      last_name: '',
      nickname: '',
      roles: /system_(user|guest)\b/.test(roles) ? roles : `system_user ${roles}`.trim(),
      locale: u.locale ?? 'en',
      timezone: {
        useAutomaticTimezone: String(manual === ''),
        automaticTimezone: typeof u.timezone === 'string' ? u.timezone : '',
        manualTimezone: manual,
      },
      password: u.password ?? `password-of-${u.username}`,
      ...(u.mfa === undefined ? {} : { mfa: u.mfa }),
      keywords: u.keywords ?? [],
      firstNameNotifies: u.firstNameNotifies ?? false,
    };
    this.users.set(user.id, user);
    return user;
  }

  addToken(user: User, kind: Token['kind'], description = ''): Token {
    const token: Token = { id: newId(), token: newId(), user_id: user.id, kind, description, active: true };
    this.tokens.set(token.token, token);
    return token;
  }

  addTeam(name: string, displayName = name): Team {
    const team: Team = {
      id: newId(),
      create_at: this.now(),
      name,
      display_name: displayName,
      delete_at: 0,
      members: new Map(),
    };
    this.teams.set(team.id, team);
    return team;
  }

  addChannel(teamId: string, name: string, type: ChannelType, displayName = name): Channel {
    const channel: Channel = {
      id: newId(),
      type,
      team_id: teamId,
      create_at: this.now(),
      last_post_at: 0,
      name,
      display_name: displayName,
      delete_at: 0,
      members: new Map(),
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** The one direct channel of two people. */
  direct(a: string, b: string): { channel: Channel; created: boolean } {
    const name = [a, b].sort().join('__');
    const found = [...this.channels.values()].find((c) => c.type === 'D' && c.name === name);
    if (found !== undefined) return { channel: found, created: false };
    const channel = this.addChannel('', name, 'D', '');
    for (const id of [a, b]) channel.members.set(id, 'channel_user');
    return { channel, created: true };
  }

  group(ids: string[]): Channel {
    const name = [...ids].sort().join('_');
    const found = [...this.channels.values()].find((c) => c.type === 'G' && c.name === name);
    if (found !== undefined) return found;
    const channel = this.addChannel('', name, 'G', ids.map((id) => this.users.get(id)?.username).join(', '));
    for (const id of ids) channel.members.set(id, 'channel_user');
    return channel;
  }

  userNamed(name: string): User | undefined {
    const wanted = name.toLowerCase();
    return [...this.users.values()].find((u) => u.username === wanted);
  }

  /** A token's owner, as long as both are alive. */
  owner(token: Token | undefined): User | undefined {
    if (token === undefined || !token.active || this.tokens.get(token.token) !== token) return undefined;
    const user = this.users.get(token.user_id);
    return user === undefined || user.delete_at > 0 ? undefined : user;
  }

  /** A channel's posts that are not deleted, oldest first. */
  postsOf(channelId: string): Post[] {
    return [...this.posts.values()].filter((p) => p.channel_id === channelId && p.delete_at === 0);
  }
}
