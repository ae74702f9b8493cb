import {
  doneAnswer,
  leftAnswer,
  pieceAnswer,
  planAnswer,
  wayAnswer,
} from '../../../src/chat/mattermost/install/answers.js';
import type { Item } from '../../../src/chat/mattermost/install/plan.js';
import type { Kinds } from './kinds.js';

/** What `registrar install mattermost` says. */

const URL = 'https://chat.example.com';
const ITEMS: Item[] = [
  { is: 'there', name: 'bot account', text: '@registrar' },
  { is: 'obstacle', name: 'tokens', text: 'the server makes none', fix: 'System Console → Integrations' },
];

export const INSTALL: Kinds = {
  'install: plan': planAnswer(URL, ITEMS),
  'install: done': doneAnswer(URL, [
    { is: 'done', name: 'command', text: '/registry in the team acme' },
    { is: 'failed', name: 'token', text: 'a token for the bot', why: '403', next: 'allow personal access tokens' },
  ]),
  'install: left to a person': leftAnswer(ITEMS.slice(1)),
  'install: the way back': wayAnswer({ is: 'shut', text: 'the server does not reach Registrar', fix: 'open the port' }),
  'install: for the configuration': pieceAnswer(
    'registrar.yaml',
    'chat:\n  mattermost:\n    url: https://chat.example.com',
  ),
};
