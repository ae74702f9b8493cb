import { type ManualClock, Timers } from './clock.js';
import { Delivery } from './delivery.js';
import { Events } from './events.js';
import { Faults } from './faults.js';
import { HttpDelivery } from './http-delivery.js';
import { Interactions } from './interactions.js';
import { People } from './people.js';
import { ResponseUrls } from './response-urls.js';
import { ApiServer } from './server.js';
import { SlackDouble } from './slack-double.js';
import { Sockets } from './sockets.js';
import { State } from './state.js';
import { Triggers } from './triggers.js';

export { createClock, type ManualClock } from './clock.js';
export { signSlack } from './sign.js';
export type { SlackDouble } from './slack-double.js';
export type * from './types.js';

export interface SlackDoubleOptions {
  signingSecret?: string;
  botToken?: string;
  appToken?: string;
  /** HTTP mode: where events, commands and interactions are posted. Without it: Socket Mode. */
  eventsUrl?: string;
  /** The bot token's scopes. */
  scopes?: string[];
  /** Bot events the app is subscribed to. */
  events?: string[];
  clock?: (() => number) | ManualClock;
  /** `should_escape` of the command. */
  shouldEscape?: boolean;
  /** How long after completeUploadExternal the message with the file appears. */
  fileShareDelayMs?: number;
}

export const DEFAULT_SCOPES = [
  'app_mentions:read',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'mpim:history',
  'mpim:read',
  'mpim:write',
  'reactions:write',
  'users:read',
  'users:read.email',
];

export async function startSlack(options: SlackDoubleOptions = {}): Promise<SlackDouble> {
  const state = new State(new Timers(options.clock));
  const botToken = options.botToken ?? 'xoxb-lab-0001-bot';
  const appToken = options.appToken ?? 'xapp-1-lab-0001-app';
  const bot = { kind: 'bot' as const, scopes: new Set(options.scopes ?? DEFAULT_SCOPES) };
  state.tokens.set(botToken, bot);
  state.tokens.set(appToken, { kind: 'app', scopes: new Set(['connections:write']) });
  const signingSecret = options.signingSecret ?? 'lab-signing-secret';
  const sockets = new Sockets(state);
  const delivery = new Delivery(new HttpDelivery(state, signingSecret, options.eventsUrl), sockets);
  const events = new Events(state, delivery, () => bot.scopes, options.events);
  const triggers = new Triggers(state);
  const responseUrls = new ResponseUrls(state);
  const faults = new Faults(state);
  const server = new ApiServer({ state, faults, sockets, triggers, responseUrls });
  server.fileShareDelayMs = options.fileShareDelayMs ?? 0;
  await server.start();
  const parts = { state, delivery, events, triggers, responseUrls };
  const people = new People(parts, options.shouldEscape ?? true);
  const interactions = new Interactions(parts);
  return new SlackDouble({
    ...parts,
    server,
    sockets,
    faults,
    people,
    interactions,
    botToken,
    appToken,
    signingSecret,
  });
}
