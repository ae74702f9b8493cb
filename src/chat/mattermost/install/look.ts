import { z } from 'zod';
import { Id, type MattermostApi, openApi, User } from '../api.js';
import { Refused } from '../errors.js';
import type { SecretFiles } from './files.js';
import type { Found, FoundCommand, FoundTeam } from './found.js';
import { BOT_TOKEN_FILE, commandTokenFile, TRIGGER, type Wanted } from './wanted.js';

/** Where to look, and with what. */
export interface Site {
  url: string;
  ca?: string;
  /** As the administrator. */
  api: MattermostApi;
  files: SecretFiles;
}

const Settings = z.object({
  SiteURL: z.string().default(''),
  EnableCommands: z.string().default('true'),
  EnableBotAccountCreation: z.string().default('true'),
});
const Team = z.object({ id: Id, delete_at: z.number().default(0) });
const Member = z.object({ delete_at: z.number().default(0) });
const Listed = z.object({
  ...{ id: Id, team_id: Id, token: z.string().default(''), delete_at: z.number().default(0) },
  ...{ trigger: z.string(), url: z.string(), method: z.string() },
  ...{ display_name: z.string().default(''), description: z.string().default('') },
  ...{ username: z.string().default(''), icon_url: z.string().default('') },
  ...{ auto_complete: z.boolean().default(false) },
  ...{ auto_complete_hint: z.string().default(''), auto_complete_desc: z.string().default('') },
});

/** Looks, and changes nothing. Errors: {@link Refused}; the network's own; `file-unreadable`. */
export async function look(site: Site, { username, teams }: Wanted): Promise<Found> {
  const { api } = site;
  const admin = await api.call(User, 'GET', '/users/me');
  const settings = await api.call(Settings, 'GET', '/config/client?format=old');
  const hasCommands = settings.EnableCommands === 'true';
  const bot = await lookAtBot(api, username);
  return {
    siteUrl: settings.SiteURL,
    admin: { id: admin.id, username: admin.username },
    mayMakeBots: settings.EnableBotAccountCreation === 'true',
    hasCommands,
    bot,
    token: await lookAtToken(site),
    teams: await Promise.all(
      teams.map((name) => lookAtTeam(site, name, bot.is === 'bot' ? bot.id : undefined, hasCommands)),
    ),
  };
}

async function lookAtBot(api: MattermostApi, username: string): Promise<Found['bot']> {
  const user = await orAbsent(api.call(User, 'GET', `/users/username/${username}`));
  if (user === undefined) return { is: 'absent' };
  return user.is_bot ? { is: 'bot', id: user.id, isEnabled: user.delete_at === 0 } : { is: 'person' };
}

async function lookAtToken({ url, ca, files }: Site): Promise<Found['token']> {
  const token = await files.read(BOT_TOKEN_FILE);
  if (token === undefined) return { is: 'absent' };
  const own = openApi(url, token, ca);
  try {
    return { is: 'of', user: (await own.call(User, 'GET', '/users/me')).id };
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return { is: 'refused' };
    throw error;
  } finally {
    await own.close();
  }
}

async function lookAtTeam(
  { api, files }: Site,
  name: string,
  bot: string | undefined,
  hasCommands: boolean,
): Promise<FoundTeam> {
  const team = await orAbsent(api.call(Team, 'GET', `/teams/name/${name}`));
  if (team === undefined || team.delete_at > 0) return { name, hasBot: false };
  // Whoever has left a team stays in its list, with the time of it.
  const member =
    bot === undefined ? undefined : await orAbsent(api.call(Member, 'GET', `/teams/${team.id}/members/${bot}`));
  const command = hasCommands ? await lookAtCommand(api, team.id, await files.read(commandTokenFile(name))) : undefined;
  return { name, id: team.id, hasBot: member?.delete_at === 0, ...(command === undefined ? {} : { command }) };
}

async function lookAtCommand(
  api: MattermostApi,
  team: string,
  held: string | undefined,
): Promise<FoundCommand | undefined> {
  const all = await api.call(z.array(Listed), 'GET', `/commands?team_id=${team}&custom_only=true`);
  const found = all.find(({ trigger, delete_at }) => trigger === TRIGGER && delete_at === 0);
  if (found === undefined) return undefined;
  const { token, delete_at: _, ...command } = found;
  return { ...command, isTokenOurs: token !== '' && token === held };
}

async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refused && error.status === 404 && error.id !== undefined) return undefined;
    throw error;
  }
}
