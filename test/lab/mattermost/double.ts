import { type ManualClock, Timers } from '../slack/clock.js';
import { Actions } from './actions.js';
import { Api } from './api.js';
import { CommandAnswers } from './command-answer.js';
import { Dialogs } from './dialogs.js';
import { Ephemerals } from './ephemerals.js';
import { Events } from './events.js';
import { Executions } from './executions.js';
import { Faults } from './faults.js';
import { MattermostDouble } from './mattermost-double.js';
import { Pending } from './pending.js';
import { Posts } from './posts.js';
import { RateLimiter } from './rate-limiter.js';
import { ResponseUrls } from './response-urls.js';
import { botRoutes } from './routes-bots.js';
import { channelRoutes } from './routes-channels.js';
import { commandRoutes } from './routes-commands.js';
import { fileRoutes } from './routes-files.js';
import { interactiveRoutes } from './routes-interactive.js';
import { postRoutes } from './routes-posts.js';
import { systemRoutes, userRoutes } from './routes-users.js';
import { HttpServer, type ListenOptions } from './server.js';
import type { Settings } from './settings.js';
import { Sockets } from './sockets.js';
import { State } from './state.js';
import { Triggers } from './triggers.js';
import type { World } from './world.js';

export { createClock, type ManualClock } from '../slack/clock.js';
export type { OpenDialog } from './dialogs.js';
export type { Fault, Match } from './faults.js';
export type { Bot, MattermostDouble } from './mattermost-double.js';
export type { Answer, Person, Submitted } from './person.js';
export type { Seen } from './seen.js';
export type { Settings } from './settings.js';
export type { SocketFault } from './socket-link.js';
export type * from './types.js';

export interface MattermostOptions extends ListenOptions {
  settings?: Partial<Settings>;
  clock?: (() => number) | ManualClock;
}

export async function startMattermost(options: MattermostOptions = {}): Promise<MattermostDouble> {
  const state = new State(new Timers(options.clock), options.settings);
  const events = new Events(state);
  const posts = new Posts(state, events);
  const ephemerals = new Ephemerals(state, events, posts);
  const triggers = new Triggers(state);
  const answers = new CommandAnswers(state, posts, ephemerals);
  const responseUrls = new ResponseUrls(state, answers);
  const world: World = {
    state,
    events,
    posts,
    ephemerals,
    triggers,
    responseUrls,
    pending: new Pending(state),
    executions: new Executions(state, triggers, responseUrls, answers),
    actions: new Actions(state, posts, ephemerals, triggers),
    dialogs: new Dialogs(state, events, triggers),
    sockets: new Sockets(state, events),
  };
  const parts = [
    systemRoutes,
    userRoutes,
    botRoutes,
    channelRoutes,
    postRoutes,
    fileRoutes,
    commandRoutes,
    interactiveRoutes,
  ];
  const api = new Api(
    state,
    parts.flatMap((routes) => routes(world)),
  );
  const faults = new Faults();
  const limiter = new RateLimiter(state);
  const server = new HttpServer({ state, api, faults, limiter, sockets: world.sockets }, options);
  await server.start();
  return new MattermostDouble(world, api, server, faults);
}
