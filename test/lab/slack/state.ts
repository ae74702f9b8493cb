import { randomBytes } from 'node:crypto';
import type { Timers } from './clock.js';
import type {
  ChannelType,
  NewChannel,
  NewUser,
  Obj,
  RecordedAck,
  RecordedCall,
  SlackChannel,
  SlackUser,
  StoredEphemeral,
  StoredFile,
  StoredMessage,
  StoredView,
} from './types.js';
import { Changes } from './wait.js';

export interface Token {
  readonly kind: 'bot' | 'app';
  readonly scopes: Set<string>;
  revoked?: string;
}

/** Everything the double remembers. */
export class State {
  readonly timers: Timers;
  readonly changes = new Changes();
  readonly teamId = 'T0LABTEAM1';
  readonly teamDomain = 'registrar-lab';
  readonly appId = 'A0LABAPP01';
  readonly botId = 'B0LABBOT01';
  readonly bot: SlackUser;
  readonly users = new Map<string, SlackUser>();
  readonly channels = new Map<string, SlackChannel>();
  readonly messages = new Map<string, StoredMessage[]>();
  readonly ephemerals: StoredEphemeral[] = [];
  readonly files = new Map<string, StoredFile>();
  /** The modals a user has open, the visible one last. */
  readonly viewStacks = new Map<string, StoredView[]>();
  readonly tokens = new Map<string, Token>();
  readonly calls: RecordedCall[] = [];
  readonly acks: RecordedAck[] = [];
  readonly statuses = new Map<string, { text: string; until: number }>();
  /** What the app did that real Slack would only have logged or shown to a person: a test expects none. */
  readonly problems: string[] = [];
  origin = '';
  /** How often a picture that was just uploaded is refused in a message: real Slack looks at it first. */
  slowPictures = 0;
  uploadsRefused = false;
  /** Set by the event queue. */
  raise: (event: Obj) => void = () => {};
  #serial = 0;
  #lastTs = 0;

  constructor(timers: Timers) {
    this.timers = timers;
    this.bot = this.addUser({ name: 'registrar', realName: 'Registrar', isBot: true });
  }

  now(): number {
    return this.timers.now();
  }

  id(prefix: string): string {
    this.#serial += 1;
    return `${prefix}0LAB${this.#serial.toString(36).toUpperCase().padStart(5, '0')}`;
  }

  secret(): string {
    return randomBytes(18).toString('base64url');
  }

  /** Seconds and six digits as a string, strictly rising. */
  nextTs(): string {
    const micros = Math.max(this.now() * 1000, this.#lastTs + 1);
    this.#lastTs = micros;
    return `${Math.floor(micros / 1e6)}.${String(Math.floor(micros % 1e6)).padStart(6, '0')}`;
  }

  problem(text: string): void {
    this.problems.push(text);
    this.changes.emit();
  }

  addUser(user: NewUser): SlackUser {
    const id = this.id('U');
    const added: SlackUser = {
      id,
      name: user.name,
      realName: user.realName ?? user.name,
      tz: user.tz ?? 'Europe/Amsterdam',
      locale: user.locale ?? 'en-US',
      isBot: user.isBot ?? false,
      deleted: user.deleted ?? false,
      restricted: user.restricted ?? false,
      ...(user.email === undefined ? {} : { email: user.email }),
    };
    this.users.set(id, added);
    return added;
  }

  addChannel(channel: NewChannel): SlackChannel {
    const added = this.#channel(channel.name, channel.private === true ? 'group' : 'channel');
    added.archived = channel.archived ?? false;
    if (channel.botIsMember !== false) added.members.add(this.bot.id);
    for (const member of channel.members ?? []) added.members.add(member.id);
    return added;
  }

  /** The DM of exactly these users with the bot, made when it isn't there. */
  openDm(userIds: string[]): { channel: SlackChannel; created: boolean } {
    const type: ChannelType = userIds.length === 1 ? 'im' : 'mpim';
    const members = new Set([this.bot.id, ...userIds]);
    for (const c of this.channels.values()) {
      if (c.type === type && c.members.size === members.size && [...members].every((m) => c.members.has(m))) {
        return { channel: c, created: false };
      }
    }
    const channel = this.#channel(type === 'im' ? 'directmessage' : `mpdm-${userIds.length}`, type);
    for (const m of members) channel.members.add(m);
    return { channel, created: true };
  }

  viewStack(userId: string): StoredView[] {
    const stack = this.viewStacks.get(userId) ?? [];
    this.viewStacks.set(userId, stack);
    return stack;
  }

  findView(match: (view: StoredView) => boolean): StoredView | undefined {
    for (const stack of this.viewStacks.values()) for (const view of stack) if (match(view)) return view;
    return undefined;
  }

  #channel(name: string, type: ChannelType): SlackChannel {
    const id = this.id(type === 'im' ? 'D' : 'C');
    const channel: SlackChannel = { id, name, type, archived: false, members: new Set() };
    this.channels.set(id, channel);
    this.messages.set(id, []);
    return channel;
  }
}
