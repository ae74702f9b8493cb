import { z } from 'zod';
import { openApi, User } from '../chat/mattermost/api.js';
import type { MattermostConfig } from '../config/mattermost.js';
import type { ConfigSource } from '../config/source.js';
import { EdgeError, messageOf } from '../errors.js';
import { attempt, type Row } from './attempt.js';

/** Is the bot let in, and is it a member of each team whose command is configured? */
export async function tryMattermost(
  { url, token, commands, ca }: MattermostConfig,
  config: ConfigSource,
): Promise<Row> {
  return attempt('Mattermost', async () => {
    const api = openApi(url, config.secret(token), ca);
    try {
      const bot = await api.call(User, 'GET', '/users/me').catch((error: unknown) => {
        throw refusal(
          `${url}: ${messageOf(error)}`,
          'copy the access token of the bot account again, or see docs/mattermost.md',
        );
      });
      for (const [team, reference] of Object.entries(commands)) {
        config.secret(reference);
        const { id } = await api
          .call(z.object({ id: z.string() }), 'GET', `/teams/name/${team}`)
          .catch((error: unknown) => {
            throw refusal(`team ${team}: ${messageOf(error)}`, `add ${bot.username} to the team ${team}`);
          });
        await api.call(z.unknown(), 'GET', `/teams/${id}/members/${bot.id}`).catch((error: unknown) => {
          throw refusal(
            `${bot.username} is not in ${team}: ${messageOf(error)}`,
            `add ${bot.username} to the team ${team}`,
          );
        });
      }
      return `${bot.username} at ${url}, teams ${Object.keys(commands).join(', ')}`;
    } finally {
      await api.close();
    }
  });
}

function refusal(what: string, next: string): EdgeError {
  return new EdgeError({ part: 'mattermost', code: 'mattermost-failed', forPerson: { what, next } });
}
