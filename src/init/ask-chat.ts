import type { SlackAnswer } from './answers.js';
import { secretAnswer } from './secret-answer.js';
import type { Setting } from './setting.js';
import { untilRight, WrongAnswer } from './until-right.js';
import { urlOf } from './url.js';

export const CHATS = ['none', 'slack', 'mattermost'] as const;
const MODES = ['socket', 'http'] as const;
const SLACK_API = 'https://slack.com/api';

/** Which chat, and what Slack needs; Mattermost is set up by a command of its own. */
export async function askChat(setting: Setting): Promise<{ chat: (typeof CHATS)[number]; slack?: SlackAnswer }> {
  const chat = await untilRight(
    setting.asker,
    {
      option: '--chat',
      ask: `Chat: ${CHATS.join(', ')}`,
      why: 'Where people ask. The terminal always works: registrar chat.',
      fallback: 'none',
    },
    setting.given.chat,
    oneOf(CHATS),
  );
  if (chat !== 'slack') return { chat };
  return { chat, slack: await askSlack(setting) };
}

async function askSlack(setting: Setting): Promise<SlackAnswer> {
  const { asker, world, given } = setting;
  const apiUrl = given.slackApiUrl === undefined ? SLACK_API : urlOf(given.slackApiUrl);
  const mode = await untilRight(
    asker,
    {
      option: '--slack-mode',
      ask: `Slack’s way in: ${MODES.join(', ')}`,
      why: 'socket: nothing of Registrar is reachable from outside; http: Slack calls it. docs/slack.md',
      fallback: 'socket',
    },
    given.slackMode,
    oneOf(MODES),
  );
  const bot = await secretAnswer(
    setting,
    {
      option: '--slack-bot-token',
      ask: 'Bot User OAuth Token (xoxb-…; not shown; or env:NAME, or file:PATH)',
      why: 'Of an app made from docs/slack-app-manifest.yaml and installed to the workspace.',
    },
    'slack-bot-token',
    given.slackBotToken,
    async (token) => {
      if (!token.startsWith('xoxb-')) throw new WrongAnswer('a bot’s token begins with xoxb-');
      asker.say(`✔ ${await world.slack(token, apiUrl)}`);
    },
  );
  const second = await (mode === 'socket'
    ? secretAnswer(
        setting,
        {
          option: '--slack-app-token',
          ask: 'App-Level Token (xapp-…; not shown; or env:NAME, or file:PATH)',
          why: 'Basic Information → App-Level Tokens, scope connections:write.',
        },
        'slack-app-token',
        given.slackAppToken,
        async (token) => {
          if (!token.startsWith('xapp-')) throw new WrongAnswer('an app’s token begins with xapp-');
        },
      )
    : secretAnswer(
        setting,
        {
          option: '--slack-signing-secret',
          ask: 'Signing Secret (not shown; or env:NAME, or file:PATH)',
          why: 'Basic Information → App Credentials: by it Registrar knows that a request is Slack’s.',
        },
        'slack-signing-secret',
        given.slackSigningSecret,
        async () => {},
      ));
  const member = await untilRight(
    asker,
    {
      option: '--slack-member',
      ask: 'Your Slack member ID (none: later)',
      why: 'Your profile → ⋮ → Copy member ID. A name is never believed.',
      fallback: 'none',
    },
    given.slackMember,
    (answer) => {
      if (answer === 'none' || /^[UW][A-Z0-9]{2,}$/.test(answer)) return answer;
      throw new WrongAnswer('a member ID looks like U024BE7LH');
    },
  );
  return {
    mode,
    botToken: bot.reference,
    second: second.reference,
    ...(apiUrl === SLACK_API ? {} : { apiUrl }),
    ...(member === 'none' ? {} : { member }),
  };
}

function oneOf<T extends string>(choices: readonly T[]): (answer: string) => T {
  return (answer) => {
    const found = choices.find((one) => one === answer.toLowerCase());
    if (found === undefined) throw new WrongAnswer(`one of ${choices.join(', ')}`);
    return found;
  };
}
