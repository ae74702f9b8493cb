import type { Standing } from '../chat/mattermost/standing.js';
import { type Finding, fault, pass } from './finding.js';

/** Is the bot in every team whose command comes to it? Pure. */
export function judgeMattermost({ bot, teams, isBot }: Standing): Finding[] {
  const lacking = teams.flatMap(({ name, lacks }) => (lacks === undefined ? [] : [{ name, lacks }]));
  const found = lacking.map(({ name, lacks }) =>
    fault('fail', 'mattermost', {
      what: `${bot} is not in the team ${name}`,
      why: `its command is configured, and its answers can’t be posted: ${lacks}`,
      fix: `in the team ${name}: Invite People → ${bot}`,
    }),
  );
  const person = isBot
    ? []
    : [
        fault('warn', 'mattermost', {
          what: `${bot} is a person’s account, not a bot’s`,
          why: 'its token ends with the person, and needs EnableUserAccessTokens',
          fix: 'Integrations → Bot Accounts → Add: its token goes to chat.mattermost.token',
        }),
      ];
  if (found.length + person.length > 0) return [...found, ...person];
  return [pass('mattermost', `${bot} is in ${teams.map(({ name }) => name).join(', ')}`)];
}

/** `reference`: where the configuration says that the token is. */
export function mattermostRefuses(reference: string, said: string): Finding {
  return fault('fail', 'mattermost', {
    what: 'Mattermost refuses the bot’s token',
    why: said,
    fix: `Integrations → Bot Accounts → registrar → Create New Token, to ${reference}; then start registrar app again`,
  });
}
