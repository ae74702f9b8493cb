import type { Duplex } from 'node:stream';
import { type Config, NodeSSH } from 'node-ssh';
import type { ClientChannel } from 'ssh2';
import type { Endpoint } from '../config/schema.js';
import { messageOf } from '../errors.js';
import type { SecretReference } from '../secrets/reference.js';
import { fingerprint, keyCheck } from './known-hosts.js';
import { connectError } from './ssh-errors.js';

/** Time for the greeting, the keys and the login. Milliseconds. */
const CONNECT_MS = 6_000;
/** A connection that does not answer so many of these in a row is gone. */
const KEEPALIVE_MS = 15_000;
const KEEPALIVES = 2;
/** More is no answer of our script: of each log it sends some hundred lines. Bytes of output and errors together. */
export const MAX_BYTES = 4 * 1024 * 1024;

export interface HostRun {
  stdout: string;
  stderr: string;
  /** -1: it was ended by a signal. */
  code: number;
}

/** What became of something that was tried over a connection. */
export type Outcome<T> =
  | { is: 'done'; value: T }
  /** The connection is gone. `asked`: after it was asked for, so that it may have been done, or be under way. */
  | { is: 'broken'; why: string; asked: boolean }
  /** The connection is there, but the other side opens no more channels, or not this one. */
  | { is: 'refused'; why: string; asked: boolean }
  | { is: 'too-long' }
  | { is: 'late' };

/** One connection, logged in. Never rejects: what happens is an outcome. */
export interface Connection {
  /** Runs a command with that on its standard input, and reads no more than {@link MAX_BYTES}. */
  run(command: string, input: string, signal: AbortSignal): Promise<Outcome<HostRun>>;
  /** A stream to another address, as seen from over there. */
  forward(address: string, port: number, signal: AbortSignal): Promise<Outcome<Duplex>>;
  /** Resolves when it is gone, for whatever reason. */
  closed: Promise<void>;
  /** Says goodbye. */
  end(): void;
  /** Reads nothing more. */
  destroy(): void;
}

/**
 * Connects and logs in; `via` is the stream of a jump host.
 *
 * Errors: `ssh-host-key-changed` when the key is not the pinned one (nothing was sent), `ssh-refused` when there is
 * no login, `ssh-unreachable` when there is no answer, `secret-missing`.
 */
export async function connect(
  to: Endpoint,
  secret: (reference: SecretReference) => string,
  via?: Duplex,
): Promise<Connection> {
  const isKnown = keyCheck(to);
  let offered: string | undefined;
  const config: Config = {
    ...(via === undefined ? { host: to.address, port: to.port } : { sock: via }),
    ...loginOf(to, secret),
    username: to.user,
    readyTimeout: CONNECT_MS,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES,
    hostVerifier: (key: Buffer) => {
      offered = fingerprint(key);
      return isKnown(key);
    },
  };
  const ssh = new NodeSSH();
  try {
    await ssh.connect(config);
  } catch (error) {
    ssh.dispose();
    via?.destroy();
    throw connectError(to, error, offered);
  }
  // Its own commands keep whatever the other side prints: what is read here is counted.
  const client = ssh.connection;
  if (client === null) throw connectError(to, new Error('it closed the connection right behind the login'), offered);
  let broke = 'the other side closed it';
  // Stays for as long as the client lives: an error that nobody listens to would end the process.
  client.on('error', (error) => {
    broke = messageOf(error);
  });
  const closed = new Promise<void>((resolve) => void client.once('close', () => resolve()));
  return {
    closed,
    end: () => void client.end(),
    destroy: () => void client.destroy(),
    run: (command, input, until) =>
      attempt<HostRun>(until, (settle) => {
        client.exec(command, (error, channel) => {
          // Without a reason the channel was open and the command sent: what comes then is the end of either, too.
          if (error !== undefined) return settle({ is: 'refused', why: messageOf(error), asked: !('reason' in error) });
          collect(channel, () => broke, settle);
          channel.end(input);
        });
        void closed.then(() => settle({ is: 'broken', why: broke, asked: true }));
      }),
    forward: (address, port, until) =>
      attempt<Duplex>(until, (settle) => {
        client.forwardOut('127.0.0.1', 0, address, port, (error, channel) =>
          settle(
            error === undefined
              ? { is: 'done', value: channel }
              : { is: 'refused', why: messageOf(error), asked: false },
          ),
        );
        void closed.then(() => settle({ is: 'broken', why: broke, asked: true }));
      }),
  };
}

/**
 * With a key, or by an agent: the schema wants exactly one. It is tried at once: to be told first that there is no way
 * in without costs a round trip.
 */
function loginOf(
  { key, passphrase, agent }: Endpoint,
  secret: (reference: SecretReference) => string,
): Pick<Config, 'authHandler' | 'agent' | 'privateKey' | 'passphrase'> {
  if (key === undefined)
    return {
      authHandler: ['agent'],
      agent: agent === true || agent === undefined ? secret('env:SSH_AUTH_SOCK') : agent,
    };
  return {
    authHandler: ['publickey'],
    privateKey: secret(key),
    ...(passphrase === undefined ? {} : { passphrase: secret(passphrase) }),
  };
}

type Settle<T> = (outcome: Outcome<T>) => void;

/** The first outcome counts; `until` ends the waiting. */
function attempt<T>(until: AbortSignal, work: (settle: Settle<T>) => void): Promise<Outcome<T>> {
  return new Promise((resolve) => {
    const late = () => resolve({ is: 'late' });
    if (until.aborted) return late();
    until.addEventListener('abort', late, { once: true });
    const settle: Settle<T> = (outcome) => {
      until.removeEventListener('abort', late);
      resolve(outcome);
    };
    try {
      work(settle);
    } catch (error) {
      // ssh2 throws where it sees at once that the socket is gone.
      settle({ is: 'broken', why: messageOf(error), asked: false });
    }
  });
}

/** Whole buffers are kept until the end: a letter of several bytes may come in two pieces. */
function collect(channel: ClientChannel, broke: () => string, settle: Settle<HostRun>): void {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let bytes = 0;
  let code: number | undefined;
  const take = (into: Buffer[]) => (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) into.push(chunk);
    else {
      channel.destroy();
      settle({ is: 'too-long' });
    }
  };
  channel.on('data', take(stdout));
  channel.stderr.on('data', take(stderr));
  // A host that closes at once leaves nobody to write the script to; what it printed is the answer.
  channel.on('error', () => {});
  channel.on('exit', (status: number | null) => {
    code = status ?? -1;
  });
  channel.on('close', () =>
    settle(
      code === undefined
        ? { is: 'broken', why: broke(), asked: true }
        : { is: 'done', value: { stdout: textOf(stdout), stderr: textOf(stderr), code } },
    ),
  );
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
