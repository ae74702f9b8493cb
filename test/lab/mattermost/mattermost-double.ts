import type { Api } from './api.js';
import type { OpenDialog } from './dialogs.js';
import type { Fault, Faults, Match } from './faults.js';
import { newId } from './ids.js';
import { Person } from './person.js';
import type { HttpServer } from './server.js';
import type { Settings } from './settings.js';
import type { SocketFault } from './sockets.js';
import type { State } from './state.js';
import type {
  Channel,
  Command,
  NewUser,
  Post,
  RecordedDelivery,
  RecordedRequest,
  StoredFile,
  Team,
  User,
} from './types.js';
import type { World } from './world.js';

export interface Bot {
  readonly id: string;
  readonly username: string;
  readonly token: string;
  readonly user: User;
}

type Who = { readonly id: string };

/** A server with its teams, as its integrations and its people see it. */
export class MattermostDouble {
  readonly #w: World;
  readonly #api: Api;
  readonly #server: HttpServer;
  readonly #faults: Faults;

  constructor(world: World, api: Api, server: HttpServer, faults: Faults) {
    this.#w = world;
    this.#api = api;
    this.#server = server;
    this.#faults = faults;
  }

  get #state(): State {
    return this.#w.state;
  }

  /** The SiteURL, without a slash at the end. */
  get url(): string {
    return this.#state.siteUrl;
  }
  /** Changed in place: the server reads them at each call. */
  get settings(): Settings {
    return this.#state.settings;
  }

  // What there is.

  addTeam(name: string, displayName?: string): Team {
    return this.#state.addTeam(name, displayName);
  }

  addUser(user: NewUser): Person {
    return new Person(this.#w, this.#api, this.#state.addUser(user));
  }

  /** A bot account with a token, whatever EnableBotAccountCreation says: as made long ago. */
  addBot(username: string, options: { roles?: string; owner?: Who } = {}): Bot {
    const user = this.#state.addUser({ username, ...(options.roles === undefined ? {} : { roles: options.roles }) });
    user.bot = { display_name: username, description: '', owner_id: options.owner?.id ?? newId() };
    return { id: user.id, username, user, token: this.#state.addToken(user, 'access', 'lab').token };
  }

  addChannel(team: Team, name: string, type: 'O' | 'P' = 'O'): Channel {
    return this.#state.addChannel(team.id, name, type);
  }

  joinTeam(user: Who, team: Team, roles = 'team_user'): void {
    team.members.set(user.id, roles);
  }

  /** Into the channel, and its team if need be. */
  join(user: Who, channel: Channel, roles = 'channel_user'): void {
    const team = this.#state.teams.get(channel.team_id);
    if (team !== undefined && !team.members.has(user.id)) this.joinTeam(user, team);
    channel.members.set(user.id, roles);
    const data = { user_id: user.id, team_id: channel.team_id };
    this.#w.events.publish('user_added', data, { channel_id: channel.id });
  }

  leave(user: Who, channel: Channel): void {
    const told = [...channel.members.keys()];
    channel.members.delete(user.id);
    const data = { user_id: user.id, channel_id: channel.id, remover_id: user.id };
    for (const id of told) this.#w.events.publish('user_removed', data, { user_id: id });
  }

  direct(a: Who, b: Who): Channel {
    return this.#state.direct(a.id, b.id).channel;
  }

  archive(channel: Channel): void {
    channel.delete_at = this.#state.now();
    const data = { channel_id: channel.id, delete_at: channel.delete_at };
    this.#w.events.publish('channel_deleted', data, { team_id: channel.team_id });
  }

  /** A slash command as an administrator would have made it. */
  addCommand(team: Team, trigger: string, url: string, more: Partial<Command> = {}): Command {
    const now = this.#state.now();
    const command: Command = {
      id: newId(),
      token: newId(),
      create_at: now,
      update_at: now,
      delete_at: 0,
      creator_id: newId(),
      team_id: team.id,
      trigger,
      url,
      method: 'P',
      username: '',
      icon_url: '',
      auto_complete: true,
      auto_complete_desc: '',
      auto_complete_hint: '',
      display_name: trigger,
      description: '',
      ...more,
    };
    this.#state.commands.set(command.id, command);
    return command;
  }

  grant(role: string, ...rights: string[]): void {
    const set = this.#state.roles.get(role) ?? new Set();
    for (const right of rights) set.add(right);
    this.#state.roles.set(role, set);
  }

  deny(role: string, ...rights: string[]): void {
    for (const right of rights) this.#state.roles.get(role)?.delete(right);
  }

  revoke(token: string): void {
    this.#state.tokens.delete(token);
    this.#w.sockets.deafen((t) => t.token === token);
  }

  /** Deactivates a person or disables a bot, or the reverse. */
  setActive(who: Who, active: boolean): void {
    const user = this.#state.users.get(who.id);
    if (user === undefined) return;
    user.update_at = this.#state.now();
    user.delete_at = active ? 0 : this.#state.now();
    if (!active) this.#w.sockets.deafen((t) => t.user_id === who.id);
  }

  // What there is to see.

  /** A channel's posts that are not deleted, oldest first, without what the server itself says. */
  posted(channel: Who): Post[] {
    return this.#state.postsOf(channel.id).filter((p) => !p.type.startsWith('system_'));
  }
  post(id: string): Post | undefined {
    return this.#state.posts.get(id);
  }
  file(id: string): StoredFile | undefined {
    return this.#state.files.get(id);
  }
  command(id: string): Command | undefined {
    return this.#state.commands.get(id);
  }
  user(id: string): User | undefined {
    return this.#state.users.get(id);
  }

  /** Who was notified so far, of one post or of all. */
  pinged(post?: Who): { post: Post; user: User; by: string }[] {
    return this.#state.pinged.filter((p) => post === undefined || p.post.id === post.id);
  }

  /** Every call that came over the network, in order. */
  get requests(): readonly RecordedRequest[] {
    return this.#state.requests;
  }
  /** `PUT /posts/:post_id/patch` and the like. */
  requestsOf(route: string): RecordedRequest[] {
    return this.#state.requests.filter((r) => r.route === route);
  }
  /** Every call of the server to an integration, with the time of its answer. */
  get deliveries(): readonly RecordedDelivery[] {
    return this.#state.deliveries;
  }
  get unanswered(): RecordedDelivery[] {
    return this.#state.deliveries.filter((d) => d.answeredAt === undefined);
  }
  get dialogs(): readonly OpenDialog[] {
    return this.#w.dialogs.all;
  }
  /** What a real server only logs, and no faithful integration causes. */
  get problems(): readonly string[] {
    return this.#state.problems;
  }
  /** Sockets that are open and authenticated, and how many there ever were. */
  get openSockets(): number {
    return this.#w.sockets.open;
  }
  get socketsOpened(): number {
    return this.#w.sockets.opened;
  }

  waitFor<V>(
    probe: () => V | undefined | null | false,
    options: { timeoutMs?: number; what?: string } = {},
  ): Promise<V> {
    return this.#state.changes.waitFor(probe, options);
  }

  // Faults.

  fail(match: Match, fault: Fault, times = 1): void {
    this.#faults.plan(match, fault, times);
  }
  clearFaults(): void {
    this.#faults.clear();
  }
  /** New posts have taken their pending_post_id and wait, until the returned function is called. */
  holdPosts(): () => void {
    return this.#w.pending.hold();
  }
  /** To all open sockets, or to one person's. */
  breakSockets(fault: SocketFault, who?: Who): void {
    this.#w.sockets.fault(fault, who?.id);
  }
  cutNextSockets(when: 'before hello' | 'after hello', times = 1): void {
    if (when === 'before hello') this.#w.sockets.cutBeforeHello = times;
    else this.#w.sockets.cutAfterHello = times;
  }
  /** Lost sockets can't be resumed any more, as after a restart. */
  forgetSockets(): void {
    this.#w.sockets.forget();
  }
  /** No new connection gets through: none at all, or only no socket. */
  refuseConnections(on: boolean, what: 'all' | 'websocket' = 'all'): void {
    this.#w.sockets.refuse = on;
    this.#server.refuse = on && what === 'all';
    if (this.#server.refuse) this.#server.cut();
  }

  async stop(): Promise<void> {
    this.#state.timers.stop();
    this.#w.sockets.stop();
    await this.#server.stop();
  }
}
