import { standingOf } from '../chat/mattermost/standing.js';
import type { MattermostConfig } from '../config/mattermost.js';
import type { ConfigSource } from '../config/source.js';
import { EdgeError, messageOf } from '../errors.js';
import { attempt, type Row } from './attempt.js';

/** Is the bot let in, and is it a member of each team whose command is configured? */
export async function tryMattermost(mattermost: MattermostConfig, config: ConfigSource): Promise<Row> {
  return attempt('Mattermost', async () => {
    const { url, commands } = mattermost;
    for (const reference of Object.values(commands)) config.secret(reference);
    const { bot, teams } = await standingOf(mattermost, config.secret(mattermost.token)).catch((error: unknown) => {
      throw refusal(`${url}: ${messageOf(error)}`, 'copy the bot account’s access token anew: docs/mattermost.md');
    });
    const lacking = teams.filter(({ lacks }) => lacks !== undefined);
    if (lacking.length > 0)
      throw refusal(
        lacking.map(({ name, lacks }) => `team ${name}: ${lacks}`).join('; '),
        `add ${bot} to ${lacking.map(({ name }) => name).join(', ')}`,
      );
    return `${bot} at ${url}, teams ${teams.map(({ name }) => name).join(', ')}`;
  });
}

function refusal(what: string, next: string): EdgeError {
  return new EdgeError({ part: 'mattermost', code: 'mattermost-failed', forPerson: { what, next } });
}
