import type { Fault, Faults, Match } from './faults.js';
import { Observed } from './observed.js';
import type { HttpServer } from './server.js';
import type { SocketFault } from './socket-link.js';
import type { World } from './world.js';

type Who = { readonly id: string };

/** What a test can break of a server and its network. */
export class Breakable extends Observed {
  readonly #w: World;
  readonly #server: HttpServer;
  readonly #faults: Faults;

  constructor(world: World, server: HttpServer, faults: Faults) {
    super(world);
    this.#w = world;
    this.#server = server;
    this.#faults = faults;
  }

  /** The next calls that match, of the network only. */
  fail(match: Match, fault: Fault, times = 1): void {
    this.#faults.plan(match, fault, times);
  }
  clearFaults(): void {
    this.#faults.clear();
  }
  /** New posts have taken their pending_post_id and wait, until the returned function is called. */
  holdPosts(): () => void {
    return this.#w.pending.hold();
  }
  /** To all open sockets, or to one person's. */
  breakSockets(fault: SocketFault, who?: Who): void {
    this.#w.sockets.fault(fault, who?.id);
  }
  cutNextSockets(when: 'before hello' | 'after hello', times = 1): void {
    if (when === 'before hello') this.#w.sockets.cutBeforeHello = times;
    else this.#w.sockets.cutAfterHello = times;
  }
  /** Lost sockets can't be resumed any more, as after a restart. */
  forgetSockets(): void {
    this.#w.sockets.forget();
  }
  /** No new connection gets through: none at all, or only no socket. */
  refuseConnections(on: boolean, what: 'all' | 'websocket' = 'all'): void {
    this.#w.sockets.refuse = on;
    this.#server.refuse = on && what === 'all';
    if (this.#server.refuse) this.#server.cut();
  }
}
