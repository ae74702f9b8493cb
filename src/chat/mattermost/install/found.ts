import type { CommandFields } from './wanted.js';

/** What is there already: on the server, and in our files. No secret is in it. */
export interface Found {
  /** How the server calls itself; empty where nobody has told it. */
  siteUrl: string;
  admin: { id: string; username: string };
  mayMakeBots: boolean;
  hasCommands: boolean;
  bot: { is: 'absent' } | { is: 'person' } | { is: 'bot'; id: string; isEnabled: boolean };
  /** What our file holds: nothing, a token of that user, or one that the server refuses. */
  token: { is: 'absent' } | { is: 'of'; user: string } | { is: 'refused' };
  /** In the order in which they were asked for. */
  teams: readonly FoundTeam[];
}

export interface FoundTeam {
  name: string;
  /** Left out: no team has this name. */
  id?: string;
  hasBot: boolean;
  /** The one that has our trigger. */
  command?: FoundCommand;
}

export interface FoundCommand extends CommandFields {
  id: string;
  team_id: string;
  username: string;
  icon_url: string;
  /** Does our file hold its token? */
  isTokenOurs: boolean;
}
