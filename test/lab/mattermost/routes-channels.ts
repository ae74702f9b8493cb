import { type Call, ok, type Route } from './api.js';
import { channelPosts } from './channel-posts.js';
import { AppError, badBody, badParam, forbidden, noChannel, noTeam, noUser } from './errors.js';
import { mayChannel, needChannel, needSystem } from './rights.js';
import { showChannel, showTeam } from './show.js';
import { type Channel, str, type Team } from './types.js';
import type { World } from './world.js';

/** Teams, channels and who is in them. */
export function channelRoutes(w: World): Route[] {
  const { state } = w;

  function team(call: Call): Team {
    const found = state.teams.get(call.id('team_id'));
    if (found === undefined) throw noTeam();
    if (!found.members.has(call.me.id)) needSystem(state, call.me, 'manage_system');
    return found;
  }

  function teamByName(call: Call) {
    const found = [...state.teams.values()].find((t) => t.name === call.param('team_name'));
    if (found === undefined) throw noTeam();
    if (!found.members.has(call.me.id)) needSystem(state, call.me, 'manage_system');
    return ok(showTeam(found));
  }

  /** Public channels may be looked at by the team, private ones are not told apart from forbidden ones. */
  function visible(call: Call, channel: Channel): Channel {
    const right = channel.type === 'O' ? 'read_public_channel' : 'read_channel';
    if (!mayChannel(state, call.me, channel, right)) needChannel(state, call.me, channel, 'read_channel');
    return channel;
  }

  function channel(call: Call): Channel {
    const found = state.channels.get(call.id('channel_id'));
    if (found === undefined) throw noChannel();
    return visible(call, found);
  }

  function named(call: Call) {
    const where = state.teams.get(call.id('team_id'));
    const found = [...state.channels.values()].find(
      (c) => c.name === call.param('channel_name') && (c.team_id === where?.id || c.type === 'D'),
    );
    if (found === undefined || found.delete_at > 0) {
      throw new AppError(404, 'app.channel.get_by_name.missing.app_error');
    }
    return ok(showChannel(visible(call, found)));
  }

  function member(call: Call) {
    const found = channel(call);
    const userId = call.id('user_id');
    const roles = found.members.get(userId);
    if (roles === undefined) throw new AppError(404, 'app.channel.get_member.missing.app_error');
    return ok({ channel_id: found.id, user_id: userId, roles });
  }

  function addMember(call: Call) {
    const userId = str(call.json('member').user_id);
    const found = state.channels.get(call.id('channel_id'));
    if (userId === '') throw badParam('user_id');
    if (found === undefined) throw noChannel();
    const joins = userId === call.me.id && found.type === 'O';
    needChannel(state, call.me, found, joins ? 'join_public_channels' : 'manage_channel_members');
    const user = state.users.get(userId);
    if (user === undefined) throw noUser();
    if (state.teams.get(found.team_id)?.members.has(userId) !== true) {
      throw new AppError(404, 'app.team.get_member.missing.app_error');
    }
    if (!found.members.has(userId)) {
      found.members.set(userId, user.roles.includes('system_guest') ? 'channel_guest' : 'channel_user');
      w.events.publish('user_added', { user_id: userId, team_id: found.team_id }, { channel_id: found.id });
      const type = joins ? 'system_join_channel' : 'system_add_to_channel';
      const message = joins ? `${user.username} joined the channel.` : `${user.username} added to the channel.`;
      w.posts.create(call.me, found, { channel_id: found.id, message, type, props: { username: user.username } });
    }
    return ok({ channel_id: found.id, user_id: userId, roles: found.members.get(userId) }, 201);
  }

  function removeMember(call: Call) {
    const found = state.channels.get(call.id('channel_id'));
    const userId = call.id('user_id');
    if (found === undefined) throw noChannel();
    if (userId !== call.me.id) needChannel(state, call.me, found, 'manage_channel_members');
    if (found.members.delete(userId)) w.events.left(found.id, userId, call.me.id);
    return ok({ status: 'OK' });
  }

  function teamMember(call: Call) {
    const found = team(call);
    const userId = call.id('user_id');
    const roles = found.members.get(userId);
    if (roles === undefined) throw new AppError(404, 'app.team.get_member.missing.app_error');
    return ok({ team_id: found.id, user_id: userId, roles, delete_at: 0 });
  }

  function addTeamMember(call: Call) {
    const found = state.teams.get(call.id('team_id'));
    const body = call.json('team_member');
    if (str(body.team_id) !== call.id('team_id') || str(body.user_id) === '') throw badParam('team_id');
    if (found === undefined) throw noTeam();
    const right = found.members.has(call.me.id) ? 'add_user_to_team' : 'manage_system';
    if (right === 'manage_system') needSystem(state, call.me, right);
    const user = state.users.get(str(body.user_id));
    if (user === undefined) throw noUser();
    if (!found.members.has(user.id)) {
      found.members.set(user.id, user.roles.includes('system_guest') ? 'team_guest' : 'team_user');
      w.events.publish('added_to_team', { team_id: found.id, user_id: user.id }, { user_id: user.id });
    }
    return ok({ team_id: found.id, user_id: user.id, roles: found.members.get(user.id), delete_at: 0 }, 201);
  }

  function direct(call: Call) {
    const ids = call.list('user_ids');
    if (ids.length !== 2) throw badBody('user_ids');
    if (!ids.every((id) => state.users.has(id))) throw noUser();
    needSystem(state, call.me, 'create_direct_channel');
    if (!ids.includes(call.me.id)) throw forbidden();
    const [a = '', b = ''] = ids;
    const { channel: made, created } = state.direct(a, b);
    if (created) {
      const data = { creator_id: call.me.id, teammate_id: a === call.me.id ? b : a };
      w.events.publish('direct_added', data, { channel_id: made.id });
    }
    return ok(showChannel(made), 201);
  }

  function group(call: Call) {
    const ids = [...new Set([...call.list('user_ids'), call.me.id])];
    if (ids.length < 3 || ids.length > 8) throw new AppError(400, 'api.channel.create_group.bad_size.app_error');
    if (!ids.every((id) => state.users.has(id))) throw noUser();
    needSystem(state, call.me, 'create_group_channel');
    return ok(showChannel(state.group(ids)), 201);
  }

  function ofTeam(call: Call) {
    const found = team(call);
    // Direct messages belong to no team, and stand in the list of each.
    const isHere = ({ team_id }: { team_id: string }) => team_id === found.id || team_id === '';
    const mine = [...state.channels.values()].filter((c) => isHere(c) && c.members.has(call.me.id));
    return ok(mine.map(showChannel));
  }

  const channelsOf = (call: Call) =>
    ok([...state.channels.values()].filter((c) => c.members.has(call.id('user_id'))).map(showChannel));

  const teamsOf = (call: Call) =>
    ok([...state.teams.values()].filter((t) => t.members.has(call.id('user_id'))).map(showTeam));

  return [
    {
      method: 'GET',
      path: '/api/v4/teams',
      run: (call) =>
        ok(
          call
            .page(
              [...state.teams.values()].filter(
                (t) => t.members.has(call.me.id) || call.me.roles.includes('system_admin'),
              ),
            )
            .map(showTeam),
        ),
    },
    { method: 'GET', path: '/api/v4/teams/name/:team_name', run: teamByName },
    { method: 'GET', path: '/api/v4/teams/:team_id', run: (call) => ok(showTeam(team(call))) },
    { method: 'GET', path: '/api/v4/teams/:team_id/members/:user_id', run: teamMember },
    { method: 'POST', path: '/api/v4/teams/:team_id/members', run: addTeamMember },
    { method: 'GET', path: '/api/v4/teams/:team_id/channels/name/:channel_name', run: named },
    { method: 'GET', path: '/api/v4/users/:user_id/teams/:team_id/channels', run: ofTeam },
    { method: 'GET', path: '/api/v4/users/:user_id/teams', run: teamsOf },
    { method: 'GET', path: '/api/v4/users/:user_id/channels', run: channelsOf },
    { method: 'POST', path: '/api/v4/channels/direct', run: direct },
    { method: 'POST', path: '/api/v4/channels/group', run: group },
    { method: 'GET', path: '/api/v4/channels/:channel_id', run: (call) => ok(showChannel(channel(call))) },
    { method: 'GET', path: '/api/v4/channels/:channel_id/members/:user_id', run: member },
    { method: 'POST', path: '/api/v4/channels/:channel_id/members', run: addMember },
    { method: 'DELETE', path: '/api/v4/channels/:channel_id/members/:user_id', run: removeMember },
    { method: 'GET', path: '/api/v4/channels/:channel_id/posts', run: (call) => channelPosts(state, call) },
  ];
}
