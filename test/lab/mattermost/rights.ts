import { forbidden } from './errors.js';
import type { State } from './state.js';
import type { Channel, Team, User } from './types.js';

/** What each role may, as far as an integration meets it. system_admin may everything. */
export function defaultRoles(): Map<string, Set<string>> {
  const commands = ['manage_slash_commands', 'manage_own_slash_commands', 'manage_others_slash_commands'];
  const roles: Record<string, string[]> = {
    system_user: ['create_direct_channel', 'create_group_channel', 'view_members', 'list_public_teams'],
    system_guest: ['create_direct_channel'],
    system_post_all: ['create_post', 'use_channel_mentions'],
    system_post_all_public: ['create_post_public', 'use_channel_mentions'],
    system_user_access_token: ['create_user_access_token', 'read_user_access_token', 'revoke_user_access_token'],
    team_user: ['view_team', 'list_team_channels', 'join_public_channels', 'read_public_channel', 'add_user_to_team'],
    team_guest: ['view_team'],
    team_admin: ['view_team', 'manage_team_roles', 'delete_others_posts', 'edit_others_posts', ...commands],
    channel_user: [
      'read_channel',
      'create_post',
      'edit_post',
      'delete_post',
      'upload_file',
      'add_reaction',
      'remove_reaction',
      'use_channel_mentions',
      'manage_channel_members',
    ],
    channel_guest: ['read_channel', 'create_post', 'edit_post', 'upload_file', 'add_reaction', 'remove_reaction'],
    channel_admin: [],
  };
  return new Map(Object.entries(roles).map(([role, rights]) => [role, new Set(rights)]));
}

function anyRole(state: State, roles: string, right: string): boolean {
  return roles.split(' ').some((role) => role === 'system_admin' || state.roles.get(role)?.has(right) === true);
}

export function maySystem(state: State, user: User, right: string): boolean {
  return anyRole(state, user.roles, right);
}

export function mayTeam(state: State, user: User, team: Team | undefined, right: string): boolean {
  return maySystem(state, user, right) || anyRole(state, team?.members.get(user.id) ?? '', right);
}

export function mayChannel(state: State, user: User, channel: Channel, right: string): boolean {
  if (anyRole(state, channel.members.get(user.id) ?? '', right)) return true;
  return mayTeam(state, user, state.teams.get(channel.team_id), right);
}

/** Posting without being a member takes a role of its own. */
export function mayPost(state: State, user: User, channel: Channel): boolean {
  if (mayChannel(state, user, channel, 'create_post')) return true;
  return channel.type === 'O' && mayChannel(state, user, channel, 'create_post_public');
}

export function needSystem(state: State, user: User, right: string): void {
  if (!maySystem(state, user, right)) throw forbidden();
}

export function needTeam(state: State, user: User, team: Team | undefined, right: string): void {
  if (!mayTeam(state, user, team, right)) throw forbidden();
}

export function needChannel(state: State, user: User, channel: Channel | undefined, right: string): Channel {
  if (channel === undefined || !mayChannel(state, user, channel, right)) throw forbidden();
  return channel;
}
