import type { Endpoint, Host } from '../config/schema.js';
import type { EdgeError } from '../errors.js';
import { traced } from '../runs/trace.js';
import type { SecretReference } from '../secrets/reference.js';
import { type Connection, connect, type HostRun, MAX_BYTES, type Outcome } from './connection.js';
import { brokenError, halfwayError, jumpError, lateError, tooLongError } from './ssh-errors.js';

/** Everything about one host: connecting, also through another one, and the script. Milliseconds. */
const HOST_MS = 20_000;
/** A connection that nobody used for so long is closed. Milliseconds. */
const IDLE_MS = 5 * 60_000;
/** So long a login counts: one that was withdrawn on the host must not live on for as long as somebody looks. */
const LOGIN_MS = 15 * 60_000;

/** SSH connections, one per host, kept open between looks. */
export interface SshPool {
  /**
   * Runs a command in one round trip; the script goes in on its standard input, so nothing of it is a command line.
   * A connection that turns out to be broken is replaced once: what only reads may run again.
   *
   * Errors: those of {@link connect}, for the jump host too; `host-script-failed` when the answer is too long;
   * `stopped-halfway` in their stead when what runs once may have begun.
   */
  run(host: Host, command: string, script: string, options?: RunOptions): Promise<HostRun>;
  /** How many connections are open or being opened. */
  readonly size: number;
  close(): Promise<void>;
}

export interface RunOptions {
  /** Its own deadline. Milliseconds. */
  ms?: number;
  /** It changes something: once it was asked for, it is never asked for again. */
  once?: boolean;
}

export interface PoolOptions {
  hostMs?: number;
  idleMs?: number;
  loginMs?: number;
}

interface Entry {
  connection: Promise<Connection>;
  /** Who needs it now: scripts, and connections through it. */
  users: number;
  idle?: NodeJS.Timeout;
  login: NodeJS.Timeout;
}

type Opening = Endpoint & Pick<Host, 'jump'>;

/** `signal` comes after `ms`. */
interface Limits {
  signal: AbortSignal;
  ms: number;
  once?: boolean;
}

/** Connections are opened when they are first needed. `secret` is asked at each opening. */
export function createSshPool(
  secret: (reference: SecretReference) => string,
  { hostMs = HOST_MS, idleMs = IDLE_MS, loginMs = LOGIN_MS }: PoolOptions = {},
): SshPool {
  const entries = new Map<string, Entry>();
  /** Taken out of use, but somebody still is in it. */
  const retired = new Set<Entry>();

  return {
    get size() {
      return entries.size + retired.size;
    },
    async run(host, command, script, { ms = hostMs, once = false } = {}) {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), ms);
      const run = async () => {
        const borrowed = await borrow(host, { signal: deadline.signal, ms, once }, (connection) =>
          connection.run(command, script, deadline.signal),
        );
        borrowed.giveBack();
        return borrowed.value;
      };
      try {
        return await traced('ssh', `${host.address}: ${command}`, run, ({ code }) => `exit ${code}`);
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      const all = [...entries.values(), ...retired];
      for (const entry of all) stopTimers(entry);
      entries.clear();
      retired.clear();
      await Promise.all(
        all.map(({ connection }) =>
          connection.then(
            (open) => {
              open.destroy();
              return open.closed;
            },
            () => {},
          ),
        ),
      );
    },
  };

  /** Does something over a connection, which stays in use until it is given back. */
  async function borrow<T>(
    to: Opening,
    { signal, ms, once = false }: Limits,
    work: (connection: Connection) => Promise<Outcome<T>>,
    refusal: (why: string) => EdgeError = (why) => brokenError(to, why),
  ): Promise<{ value: T; giveBack: () => void }> {
    for (let mayReplace = true; ; mayReplace = false) {
      const { key, entry, isNew } = take(to);
      const giveBack = () => release(key, entry);
      try {
        const opened = await beforeAbort(entry.connection, signal);
        const outcome: Outcome<T> = opened === undefined ? { is: 'late' } : await work(opened);
        if (outcome.is === 'done') return { value: outcome.value, giveBack };
        retire(key, entry);
        if (outcome.is === 'too-long') opened?.destroy();
        const isStale = outcome.is === 'broken' || outcome.is === 'refused';
        if (once && opened !== undefined && !(isStale && !outcome.asked))
          throw halfwayError(to, errorOf(outcome).forPerson);
        if (!isStale || isNew || !mayReplace) throw errorOf(outcome);
      } catch (error) {
        giveBack();
        throw error;
      }
      giveBack();
    }

    function errorOf(outcome: Exclude<Outcome<T>, { is: 'done' }>): EdgeError {
      if (outcome.is === 'late') return lateError(to, ms);
      if (outcome.is === 'too-long') return tooLongError(to, MAX_BYTES);
      return outcome.is === 'refused' ? refusal(outcome.why) : brokenError(to, outcome.why);
    }
  }

  function take(to: Opening): { key: string; entry: Entry; isNew: boolean } {
    const key = keyOf(to);
    const found = entries.get(key);
    if (found !== undefined) {
      clearTimeout(found.idle);
      found.users++;
      return { key, entry: found, isNew: false };
    }
    const login = setTimeout(() => outdated(key, entry), loginMs).unref();
    const entry: Entry = { connection: open(to), users: 1, login };
    entries.set(key, entry);
    const forget = () => {
      if (entries.get(key) === entry) entries.delete(key);
      stopTimers(entry);
      retired.delete(entry);
    };
    entry.connection.then(({ closed }) => closed.then(forget), forget);
    return { key, entry, isNew: true };
  }

  function release(key: string, entry: Entry): void {
    entry.users--;
    if (entry.users > 0) return;
    if (retired.has(entry)) void entry.connection.then((connection) => connection.destroy());
    else if (entries.get(key) === entry) {
      // A process that has nothing else to do does not wait for it.
      entry.idle = setTimeout(() => {
        entries.delete(key);
        end(entry);
      }, idleMs).unref();
    }
  }

  function outdated(key: string, entry: Entry): void {
    retire(key, entry);
    if (entry.users === 0) end(entry);
  }

  function retire(key: string, entry: Entry): void {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    retired.add(entry);
  }

  function end(entry: Entry): void {
    entry.connection.then(
      (connection) => connection.end(),
      () => {},
    );
  }

  async function open({ jump, ...to }: Opening): Promise<Connection> {
    if (jump === undefined) return connect(to, secret);
    const signal = AbortSignal.timeout(hostMs);
    const refusal = (why: string) => jumpError(jump, to, why);
    const forward = (first: Connection) => first.forward(to.address, to.port, signal);
    const way = await borrow(jump, { signal, ms: hostMs }, forward, refusal);
    try {
      const connection = await connect(to, secret, way.value);
      void connection.closed.then(way.giveBack);
      return connection;
    } catch (error) {
      way.giveBack();
      throw error;
    }
  }
}

function stopTimers({ idle, login }: Entry): void {
  clearTimeout(idle);
  clearTimeout(login);
}

/** Whatever decides where a connection goes, as whom, and whom it trusts. */
function keyOf({ address, port, user, key, passphrase, agent, hostKey, knownHosts, jump }: Opening): string {
  const via = jump === undefined ? null : keyOf(jump);
  return JSON.stringify([address, port, user, key, passphrase, agent, hostKey, knownHosts, via]);
}

/** `undefined` when the signal comes first. */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    if (signal.aborted) resolve(undefined);
    work.then(resolve, reject);
  });
}
