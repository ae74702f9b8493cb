import { type Call, done, ok, type Reply, type Route } from './api.js';
import { AppError, badBody, badParam, forbidden } from './errors.js';
import { newId } from './ids.js';
import { mayTeam, needTeam } from './rights.js';
import { showCommand } from './show.js';
import { type Command, type Obj, runes, str, type User } from './types.js';
import type { World } from './world.js';

const BUILT_IN = new Set(
  'away code collapse custom_status dnd echo expand groupmsg header help invite invite_people join kick leave logout me msg mute offline online purpose remove rename search settings shortcuts shrug status'.split(
    ' ',
  ),
);

/** Commands, by whoever manages a team's. */
export function commandRoutes(w: World): Route[] {
  const { state } = w;

  function needOn(): void {
    if (!state.settings.EnableCommands) throw new AppError(501, 'api.command.disabled.app_error');
  }

  /** Newer servers tell own commands from others'; older ones have one right for both. */
  function manages(user: User, teamId: string, others: boolean): boolean {
    const team = state.teams.get(teamId);
    return others
      ? mayTeam(state, user, team, 'manage_others_slash_commands')
      : mayTeam(state, user, team, 'manage_own_slash_commands') || mayTeam(state, user, team, 'manage_slash_commands');
  }

  function managed(call: Call): Command {
    needOn();
    const command = state.commands.get(call.id('command_id'));
    if (command === undefined) throw new AppError(404, 'store.sql_command.get.missing.app_error');
    if (!manages(call.me, command.team_id, command.creator_id !== call.me.id)) throw forbidden();
    return command;
  }

  function check(command: Command): void {
    const refuse = (what: string): never => {
      throw new AppError(400, `model.command.is_valid.${what}.app_error`);
    };
    const length = Buffer.byteLength(command.trigger);
    if (length < 1 || length > 128 || command.trigger.startsWith('/') || /\s/.test(command.trigger)) refuse('trigger');
    if (command.url.length < 1 || command.url.length > 1024) refuse('url');
    if (!/^https?:\/\/[^\s/]/.test(command.url)) refuse('url_http');
    if (command.method !== 'P' && command.method !== 'G') refuse('method');
    if (runes(command.display_name) > 64) refuse('display_name');
    if (runes(command.description) > 128) refuse('description');
    const taken = [...state.commands.values()].some(
      (c) => c.id !== command.id && c.team_id === command.team_id && c.trigger === command.trigger,
    );
    if (taken || BUILT_IN.has(command.trigger)) throw new AppError(400, 'api.command.duplicate_trigger.app_error');
  }

  const given = (body: Obj) => ({
    trigger: str(body.trigger).toLowerCase(),
    url: str(body.url),
    method: str(body.method),
    display_name: str(body.display_name),
    description: str(body.description),
    username: str(body.username),
    icon_url: str(body.icon_url),
    auto_complete: body.auto_complete === true,
    auto_complete_hint: str(body.auto_complete_hint),
    auto_complete_desc: str(body.auto_complete_desc),
  });

  function create(call: Call): Reply {
    const body = call.json('command');
    const teamId = str(body.team_id);
    if (teamId === '') throw badBody('command');
    if (!manages(call.me, teamId, false)) throw forbidden();
    needOn();
    const now = state.now();
    const command: Command = {
      id: newId(),
      token: newId(),
      create_at: now,
      update_at: now,
      delete_at: 0,
      creator_id: call.me.id,
      team_id: teamId,
      ...given(body),
    };
    check(command);
    state.commands.set(command.id, command);
    // Said once, and then forgotten: there is no column for it.
    const echo = body.autocomplete_data === undefined ? {} : { autocomplete_data: body.autocomplete_data };
    return ok({ ...command, ...echo }, 201);
  }

  function list(call: Call): Reply {
    needOn();
    const teamId = call.query.get('team_id') ?? '';
    if (!state.teams.has(teamId)) throw badParam('team_id');
    needTeam(state, call.me, state.teams.get(teamId), 'view_team');
    const custom = [...state.commands.values()].filter((c) => c.team_id === teamId);
    if (call.query.get('custom_only') === 'true') {
      if (!manages(call.me, teamId, false)) throw forbidden();
      const seen = custom.filter((c) => c.creator_id === call.me.id || manages(call.me, teamId, true));
      return ok(seen.map((c) => showCommand(c, true)));
    }
    const builtIn = [...BUILT_IN].map((trigger) => ({ id: '', token: '', trigger, auto_complete: true }));
    return ok([...builtIn, ...custom.filter((c) => c.auto_complete).map((c) => showCommand(c, false))]);
  }

  function update(call: Call): Reply {
    const body = call.json('command');
    if (str(body.id) !== call.id('command_id')) throw badBody('command');
    const old = managed(call);
    if (str(body.team_id) !== old.team_id) throw new AppError(400, 'api.command.team_mismatch.app_error');
    const next: Command = { ...old, ...given(body), update_at: state.now() };
    check(next);
    state.commands.set(old.id, next);
    return ok(next);
  }

  function move(call: Call): Reply {
    const command = managed(call);
    const teamId = str(call.json('body').team_id);
    if (!manages(call.me, teamId, false)) throw forbidden();
    check({ ...command, team_id: teamId });
    command.team_id = teamId;
    return done();
  }

  function regenerate(call: Call): Reply {
    const command = managed(call);
    command.token = newId();
    command.update_at = state.now();
    return ok({ token: command.token });
  }

  function remove(call: Call): Reply {
    state.commands.delete(managed(call).id);
    return done();
  }

  async function execute(call: Call): Promise<Reply> {
    const body = call.json('command_args');
    const typed = {
      command: str(body.command),
      channelId: str(body.channel_id),
      teamId: str(body.team_id),
      rootId: str(body.root_id),
    };
    return ok(await w.executions.execute(call.me, typed));
  }

  return [
    { method: 'POST', path: '/api/v4/commands', run: create },
    { method: 'GET', path: '/api/v4/commands', run: list },
    { method: 'POST', path: '/api/v4/commands/execute', run: execute },
    { method: 'GET', path: '/api/v4/commands/:command_id', run: (call) => ok(showCommand(managed(call), true)) },
    { method: 'PUT', path: '/api/v4/commands/:command_id', run: update },
    { method: 'PUT', path: '/api/v4/commands/:command_id/move', run: move },
    { method: 'PUT', path: '/api/v4/commands/:command_id/regen_token', run: regenerate },
    { method: 'DELETE', path: '/api/v4/commands/:command_id', run: remove },
  ];
}
