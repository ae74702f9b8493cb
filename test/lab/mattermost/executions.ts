import { type CommandAnswers, readAnswer } from './command-answer.js';
import { AppError, forbidden } from './errors.js';
import { callOut, type Incoming } from './outgoing.js';
import type { ResponseUrls } from './response-urls.js';
import { mayPost, mayTeam } from './rights.js';
import type { State } from './state.js';
import type { Triggers } from './triggers.js';
import type { Channel, Command, Obj, User } from './types.js';

export interface Typed {
  /** As typed, slash and all. */
  readonly command: string;
  readonly channelId: string;
  /** The team of the open window, also in a direct channel. */
  readonly teamId: string;
  readonly rootId: string;
}

const failed = (why: string): AppError => new AppError(500, `api.command.execute_command.${why}.app_error`);

/** What happens when somebody sends a slash command. */
export class Executions {
  readonly #state: State;
  readonly #triggers: Triggers;
  readonly #urls: ResponseUrls;
  readonly #answers: CommandAnswers;

  constructor(state: State, triggers: Triggers, urls: ResponseUrls, answers: CommandAnswers) {
    this.#state = state;
    this.#triggers = triggers;
    this.#urls = urls;
    this.#answers = answers;
  }

  async execute(user: User, typed: Typed): Promise<Obj> {
    const { settings } = this.#state;
    if (typed.command.length <= 1 || !typed.command.startsWith('/')) {
      throw new AppError(400, 'api.command.execute_command.start.app_error');
    }
    const channel = this.#state.channels.get(typed.channelId);
    if (channel === undefined || !mayPost(this.#state, user, channel)) throw forbidden();
    if (channel.delete_at > 0) throw new AppError(400, 'api.command.execute_command.deleted.error');
    const teamId = channel.team_id || typed.teamId;
    if (!mayTeam(this.#state, user, this.#state.teams.get(teamId), 'view_team')) throw forbidden();
    if (!settings.EnableCommands) throw new AppError(501, 'api.command.disabled.app_error');
    if (!settings.SiteURLSet) throw new AppError(400, 'api.command.execute_command.site_url_required.app_error');
    const space = typed.command.search(/\s/);
    const trigger = typed.command.slice(1, space < 0 ? undefined : space).toLowerCase();
    const text = space < 0 ? '' : typed.command.slice(space + 1);
    const command = [...this.#state.commands.values()].find((c) => c.team_id === teamId && c.trigger === trigger);
    if (command === undefined) throw new AppError(404, 'api.command.execute_command.not_found.app_error');
    return this.#custom(user, channel, command, text, typed.rootId);
  }

  async #custom(user: User, channel: Channel, command: Command, text: string, rootId: string): Promise<Obj> {
    const place = { user, channel, rootId, username: command.username, iconUrl: command.icon_url };
    const { clientId, triggerId } = this.#triggers.issue(user, channel, command.team_id);
    const fields = new URLSearchParams({
      token: command.token,
      team_id: command.team_id,
      team_domain: this.#state.teams.get(command.team_id)?.name ?? '',
      channel_id: channel.id,
      channel_name: channel.name,
      user_id: user.id,
      user_name: user.username,
      command: `/${command.trigger}`,
      text,
      trigger_id: triggerId,
      root_id: rootId,
      response_url: this.#urls.issue(place),
    });
    this.#found(fields, text, command.team_id);
    const answer = this.#read(await this.#ask(command, fields));
    try {
      this.#answers.show(place, answer);
    } catch (error) {
      if (error instanceof AppError) throw failed('create_post_failed');
      throw error;
    }
    return {
      response_type: '',
      text: '',
      username: '',
      channel_id: '',
      icon_url: '',
      type: '',
      props: null,
      goto_location: '',
      attachments: null,
      extra_responses: null,
      skip_slack_parsing: false,
      ...answer,
      trigger_id: clientId,
    };
  }

  /** People of the team and public channels that the text names. */
  #found(fields: URLSearchParams, text: string, teamId: string): void {
    const team = this.#state.teams.get(teamId);
    for (const [, name = ''] of text.matchAll(/(?<![\w@])@([a-z0-9._-]+)/gi)) {
      const user = this.#state.userNamed(name) ?? this.#state.userNamed(name.replace(/[._-]+$/, ''));
      if (user === undefined || team?.members.has(user.id) !== true) continue;
      fields.append('user_mentions', user.username);
      fields.append('user_mentions_ids', user.id);
    }
    for (const [, name = ''] of text.matchAll(/(?<!\w)~([a-z0-9_-]+)/gi)) {
      const found = [...this.#state.channels.values()].find(
        (c) => c.team_id === teamId && c.type === 'O' && c.name === name.toLowerCase(),
      );
      if (found === undefined) continue;
      fields.append('channel_mentions', found.name);
      fields.append('channel_mentions_ids', found.id);
    }
  }

  async #ask(command: Command, fields: URLSearchParams): Promise<Incoming> {
    const post = command.method !== 'G';
    const url = new URL(command.url);
    if (!post) for (const [name, value] of fields) url.searchParams.append(name, value);
    try {
      return await callOut(this.#state, {
        kind: 'command',
        method: post ? 'POST' : 'GET',
        url: url.href,
        headers: {
          accept: 'application/json',
          authorization: `Token ${command.token}`,
          ...(post ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        body: fields.toString(),
        shown: Object.fromEntries(fields),
      });
    } catch {
      throw failed('failed');
    }
  }

  #read(incoming: Incoming): Obj {
    if (incoming.status !== 200) throw failed('failed_resp');
    try {
      return readAnswer(incoming.type, incoming.body);
    } catch {
      throw failed('failed');
    }
  }
}
