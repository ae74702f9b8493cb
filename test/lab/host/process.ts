import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';

export type Output = { stdout: string; stderr: string; code: number };

export type RunOptions = { env?: Record<string, string>; input?: string | Buffer; cwd?: string; timeoutMs?: number };

/** Runs a program to its end. A failure is an exit code, never a throw (127 where the program is missing). */
export const run = (program: string, args: readonly string[], options: RunOptions = {}): Promise<Output> =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...options.env },
      timeout: options.timeoutMs ?? 60_000,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => resolve({ stdout: '', stderr: error.message, code: 127 }));
    child.on('close', (code) =>
      resolve({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), code: code ?? 1 }),
    );
  });

/** As `run`, for programs that must succeed. */
export const mustRun = async (program: string, args: readonly string[], options?: RunOptions): Promise<Output> => {
  const output = await run(program, args, options);
  if (output.code !== 0) {
    throw new Error(`${program} ${args.join(' ')} exited with ${output.code}: ${output.stderr}${output.stdout}`);
  }
  return output;
};

export type Daemon = { pid: number; exited: Promise<void>; stop(signal?: NodeJS.Signals): Promise<void> };

/**
 * Starts a program that stays, with its output in a log file. When this process dies, however it dies, the program
 * gets `orphanSignal`.
 */
export const startDaemon = async (
  program: string,
  args: readonly string[],
  options: { log: string; env?: Record<string, string>; orphanSignal?: 'TERM' | 'HUP' },
): Promise<Daemon> => {
  const log = openSync(options.log, 'a');
  const wrapped = ['--pdeathsig', options.orphanSignal ?? 'TERM', program, ...args];
  const child = spawn('setpriv', wrapped, {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', log, log],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  closeSync(log);
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, exited, stop: (signal = 'SIGTERM') => stop(child, exited, signal) };
};

const stop = async (child: ChildProcess, exited: Promise<void>, signal: NodeJS.Signals): Promise<void> => {
  child.kill(signal);
  const hard = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exited;
  clearTimeout(hard);
};

/** Asks again and again until there is an answer; the one place of the lab that waits by the clock. */
export const waitFor = async <T>(
  what: string,
  attempt: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 30_000,
): Promise<T> => {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Does something on 127.0.0.1 accept connections at the port? */
export const portOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

const WINDOW = 40;
const FIRST_PORT = 20_000;
let offset = 0;

/**
 * A free loopback port below the range of outgoing connections. Each process looks in a window of its own first, so
 * that suites in parallel do not choose the same one.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = FIRST_PORT + (((process.pid % 300) * WINDOW + offset) % (300 * WINDOW));
    offset += 1;
    if (await canListen(port)) return port;
  }
};

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
