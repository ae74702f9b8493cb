import type { Api } from './api.js';
import { Breakable } from './breakable.js';
import type { Faults } from './faults.js';
import { newId } from './ids.js';
import { Person } from './person.js';
import type { HttpServer } from './server.js';
import type { Settings } from './settings.js';
import type { State } from './state.js';
import type { Channel, Command, NewUser, Team, User } from './types.js';
import type { World } from './world.js';

export interface Bot {
  readonly id: string;
  readonly username: string;
  readonly token: string;
  readonly user: User;
}

type Who = { readonly id: string };

/** A server with its teams, as its integrations and its people see it. */
export class MattermostDouble extends Breakable {
  readonly #w: World;
  readonly #api: Api;
  readonly #server: HttpServer;

  constructor(world: World, api: Api, server: HttpServer, faults: Faults) {
    super(world, server, faults);
    this.#w = world;
    this.#api = api;
    this.#server = server;
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

  joinTeam(user: Who, team: Team, roles = `team_${this.#kind(user)}`): void {
    team.members.set(user.id, roles);
  }

  /** Into the channel, and its team if need be. */
  join(user: Who, channel: Channel, roles = `channel_${this.#kind(user)}`): void {
    const team = this.#state.teams.get(channel.team_id);
    if (team !== undefined && !team.members.has(user.id)) this.joinTeam(user, team);
    channel.members.set(user.id, roles);
    const data = { user_id: user.id, team_id: channel.team_id };
    this.#w.events.publish('user_added', data, { channel_id: channel.id });
  }

  #kind(user: Who): 'guest' | 'user' {
    return this.#state.users.get(user.id)?.roles.includes('system_guest') === true ? 'guest' : 'user';
  }

  leave(user: Who, channel: Channel): void {
    if (channel.members.delete(user.id)) this.#w.events.left(channel.id, user.id, user.id);
  }

  direct(a: Who, b: Who): Channel {
    return this.#state.direct(a.id, b.id).channel;
  }

  /** A direct channel of several. */
  group(...people: Who[]): Channel {
    return this.#state.group(people.map((p) => p.id));
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

  /** Deactivates a person, with the bots they own, or disables a bot; or the reverse. */
  setActive(who: Who, active: boolean): void {
    for (const user of this.#state.users.values()) {
      const owned = !active && this.settings.DisableBotsWhenOwnerIsDeactivated && user.bot?.owner_id === who.id;
      if (user.id !== who.id && !owned) continue;
      user.update_at = this.#state.now();
      user.delete_at = active ? 0 : this.#state.now();
      if (!active) this.#w.sockets.deafen((t) => t.user_id === user.id);
    }
  }

  async stop(): Promise<void> {
    this.#state.timers.stop();
    this.#w.sockets.stop();
    await this.#server.stop();
  }
}
