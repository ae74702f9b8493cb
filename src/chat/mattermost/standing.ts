import { z } from 'zod';
import type { MattermostConfig } from '../../config/mattermost.js';
import { messageOf } from '../../errors.js';
import { openApi, User } from './api.js';
import { Refused } from './errors.js';

/** How the bot stands with the server. */
export interface Standing {
  bot: string;
  /** Teams whose command is configured, and why the bot does not reach those that it does not. */
  teams: readonly { name: string; lacks?: string }[];
  /** Is the bot's token one of a bot account? A person's ends with the person. */
  isBot: boolean;
}

const Team = z.object({ id: z.string() });

/** Errors: {@link Refused} when the server does not let the bot in; the network's own. */
export async function standingOf({ url, commands, ca }: MattermostConfig, token: string): Promise<Standing> {
  const api = openApi(url, token, ca);
  try {
    const bot = await api.call(User, 'GET', '/users/me');
    const teams = await Promise.all(
      Object.keys(commands).map(async (name) => {
        try {
          const { id } = await api.call(Team, 'GET', `/teams/name/${name}`);
          await api.call(z.unknown(), 'GET', `/teams/${id}/members/${bot.id}`);
          return { name };
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          return { name, lacks: messageOf(error) };
        }
      }),
    );
    return { bot: bot.username, teams, isBot: bot.is_bot };
  } finally {
    await api.close();
  }
}
