import type { Actions } from './actions.js';
import type { Dialogs } from './dialogs.js';
import type { Ephemerals } from './ephemerals.js';
import type { Events } from './events.js';
import type { Executions } from './executions.js';
import type { Pending } from './pending.js';
import type { Posts } from './posts.js';
import type { ResponseUrls } from './response-urls.js';
import type { Sockets } from './sockets.js';
import type { State } from './state.js';
import type { Triggers } from './triggers.js';

/** The parts of the server that routes put to work. */
export interface World {
  readonly state: State;
  readonly events: Events;
  readonly posts: Posts;
  readonly pending: Pending;
  readonly ephemerals: Ephemerals;
  readonly triggers: Triggers;
  readonly executions: Executions;
  readonly responseUrls: ResponseUrls;
  readonly actions: Actions;
  readonly dialogs: Dialogs;
  readonly sockets: Sockets;
}
