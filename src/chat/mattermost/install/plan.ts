import type { Found, FoundCommand, FoundTeam } from './found.js';
import { MAY_MAKE_BOTS, MAY_MAKE_COMMANDS, SITE_URL } from './places.js';
import { BOT_TOKEN_FILE, type CommandFields, commandTokenFile, TRIGGER, type Wanted } from './wanted.js';

/** One call that changes something. */
export type Step =
  | { does: 'make-bot' }
  | { does: 'enable-bot'; id: string }
  | { does: 'make-token' }
  | { does: 'add-to-team'; team: string }
  | { does: 'make-command'; team: string; name: string }
  | { does: 'repair-command'; command: FoundCommand }
  | { does: 'renew-command-token'; id: string; name: string };

/** One line of the plan: what is there, will be done, can't be done, or is worth minding. */
export type Item = { name: string; text: string } & (
  | { is: 'there' }
  | { is: 'step'; step: Step }
  | { is: 'obstacle'; fix: string }
  | { is: 'mind'; fix: string }
);

/** What is there, what is wanted → what is to be done, in its order. Pure. */
export function plan(found: Found, wanted: Wanted, url: string): Item[] {
  return [
    botItem(found, wanted),
    ...(willHaveBot(found) ? [tokenItem(found, wanted)] : []),
    ...(found.hasCommands ? [] : [noCommands()]),
    ...found.teams.flatMap((team) => teamItems(team, found, wanted)),
    ...siteUrlItems(found.siteUrl, url),
  ];
}

export function stepsOf(items: readonly Item[]): (Item & { is: 'step' })[] {
  return items.filter((item): item is Item & { is: 'step' } => item.is === 'step');
}

function willHaveBot({ bot, mayMakeBots }: Found): boolean {
  return bot.is === 'bot' || (bot.is === 'absent' && mayMakeBots);
}

function botItem({ bot, mayMakeBots }: Found, { username }: Wanted): Item {
  const name = 'bot account';
  if (bot.is === 'person')
    return {
      ...{ name, is: 'obstacle', text: `@${username} is a person’s account, and no bot’s` },
      fix: 'name another one: --username NAME',
    };
  if (bot.is === 'absent')
    return mayMakeBots
      ? { name, is: 'step', text: `@${username} is made`, step: { does: 'make-bot' } }
      : { name, is: 'obstacle', text: 'the server lets nobody make bot accounts', fix: `switch on ${MAY_MAKE_BOTS}` };
  return bot.isEnabled
    ? { name, is: 'there', text: `@${username} is there` }
    : {
        ...{ name, is: 'step', text: `@${username} is disabled, and is enabled again` },
        step: { does: 'enable-bot', id: bot.id },
      };
}

/** One that is there is never replaced: a Registrar may be running with it. */
function tokenItem({ bot, token }: Found, { username }: Wanted): Item {
  const name = 'access token';
  if (token.is === 'absent')
    return {
      ...{ name, is: 'step', text: `one is made, and written to ${BOT_TOKEN_FILE}` },
      step: { does: 'make-token' },
    };
  const isDisabled = bot.is === 'bot' && !bot.isEnabled;
  if (token.is === 'refused' && isDisabled)
    return { name, is: 'there', text: `${BOT_TOKEN_FILE} holds one; it is tried when the bot is enabled` };
  if (token.is === 'of' && bot.is === 'bot' && token.user === bot.id)
    return { name, is: 'there', text: `${BOT_TOKEN_FILE} holds one that works` };
  return {
    ...{ name, is: 'obstacle' },
    text:
      token.is === 'refused'
        ? `the server refuses the one in ${BOT_TOKEN_FILE}`
        : `the one in ${BOT_TOKEN_FILE} is not @${username}’s`,
    fix: `move that file away and run this again: a new token is made`,
  };
}

function noCommands(): Item {
  return {
    ...{ name: `/${TRIGGER}`, is: 'obstacle', text: 'the server has slash commands switched off' },
    fix: `switch on ${MAY_MAKE_COMMANDS}`,
  };
}

function teamItems(team: FoundTeam, found: Found, wanted: Wanted): Item[] {
  const { id, name, hasBot, command } = team;
  if (id === undefined)
    return [
      {
        ...{ name: `team ${name}`, is: 'obstacle', text: 'no team has this name' },
        fix: 'give the name as in the team’s address: behind the server’s, before /channels',
      },
    ];
  const member: Item = hasBot
    ? { name: `team ${name}`, is: 'there', text: 'the bot is a member' }
    : {
        ...{ name: `team ${name}`, is: 'step', text: 'the bot becomes a member' },
        step: { does: 'add-to-team', team: id },
      };
  return [
    ...(willHaveBot(found) ? [member] : []),
    ...(found.hasCommands ? commandItems({ id, name, ...(command === undefined ? {} : { command }) }, wanted) : []),
  ];
}

function commandItems(
  { id, name: team, command }: { id: string; name: string; command?: FoundCommand },
  wanted: Wanted,
): Item[] {
  const name = `/${TRIGGER} ${team}`;
  const file = commandTokenFile(team);
  if (command === undefined)
    return [
      {
        ...{ name, is: 'step', text: `the command is made, and its token written to ${file}` },
        step: { does: 'make-command', team: id, name: team },
      },
    ];
  // Another Registrar's has the same path: only its token, or our very address, tells that it is ours.
  if (!command.isTokenOurs && command.url !== wanted.command.url)
    return [
      {
        ...{ name, is: 'obstacle', text: `somebody else’s integration has the command: it calls ${command.url}` },
        fix: `if nobody needs it, delete it in the team’s Integrations → Slash Commands, and run this again`,
      },
    ];
  const wrong = differences(command, wanted.command);
  const items: Item[] = [];
  if (wrong.length > 0)
    items.push({
      ...{ name, is: 'step', text: `the command is repaired: ${wrong.join(', ')}` },
      step: { does: 'repair-command', command },
    });
  if (!command.isTokenOurs)
    items.push({
      ...{ name, is: 'step' },
      text: `its token is not in ${file}: a new one is made and written there. The old one dies at once: whoever runs with it hears nothing any more`,
      step: { does: 'renew-command-token', id: command.id, name: team },
    });
  return items.length > 0 ? items : [{ name, is: 'there', text: `the command is there, and its token in ${file}` }];
}

const IN_WORDS: Record<keyof CommandFields, string> = {
  trigger: 'its trigger',
  url: 'its address',
  method: 'its method',
  display_name: 'its title',
  description: 'its description',
  auto_complete: 'its completion',
  auto_complete_hint: 'the words that completion shows',
  auto_complete_desc: 'what completion says of it',
};

function differences(is: CommandFields, wanted: CommandFields): string[] {
  return (Object.keys(IN_WORDS) as (keyof CommandFields)[])
    .filter((key) => is[key] !== wanted[key])
    .map((key) => (key === 'url' ? `${IN_WORDS.url} is ${is.url}` : IN_WORDS[key]));
}

function siteUrlItems(siteUrl: string, url: string): Item[] {
  const name = 'SiteURL';
  if (siteUrl === '')
    return [{ name, is: 'mind', text: 'the server has none; newer ones run no commands then', fix: `set ${SITE_URL}` }];
  if (siteUrl.replace(/\/+$/, '') === url) return [];
  return [
    {
      ...{ name, is: 'mind', text: `the server calls itself ${siteUrl}, and not ${url}` },
      fix: `give that as --url, or mend ${SITE_URL}`,
    },
  ];
}
