import { type ChildProcess, spawn } from 'node:child_process';
import { homedir } from 'node:os';

/** Where a program without a slash is looked for: the same on every machine, as cron and sudo have it. */
export const PROGRAMS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** So much of what a program says is kept; the rest is read and dropped. Bytes. */
const KEPT = 64 * 1024;

/** How a program ended, and what it said on its standard error, or else on its standard output: as it came. */
export interface Ended {
  /** Its exit code, or the signal that ended it; `late` when it was killed at the limit. */
  how: number | NodeJS.Signals | 'late';
  said: string;
}

/**
 * Runs a program without a shell, `input` on its standard input. It gets nothing of Registrar's environment, where
 * secrets may be. When `limit` aborts, it is killed with its children.
 *
 * Errors: rejects with Node's own error when it can't be started.
 */
export function execute([program = '', ...args]: readonly string[], input: string, limit: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A group of its own: all of it can be killed at once.
    const child = spawn(program, args, {
      detached: true,
      env: { PATH: PROGRAMS.join(':'), HOME: homedir(), LANG: 'C.UTF-8' },
    });
    const stdout = keep(child.stdout);
    const stderr = keep(child.stderr);
    let how: Ended['how'] = 'late';
    const end = () => {
      limit.removeEventListener('abort', onLimit);
      // What it left running may hold them open for ever.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      resolve({ how, said: stderr().trim() === '' ? stdout() : stderr() });
    };
    const onLimit = () => {
      killGroup(child);
      end();
    };
    limit.addEventListener('abort', onLimit, { once: true });
    child.once('error', (error) => {
      limit.removeEventListener('abort', onLimit);
      reject(error);
    });
    child.once('exit', (code, signal) => {
      how = code ?? signal ?? 'late';
      // What it said is of interest only when it failed.
      if (code === 0) end();
    });
    child.once('close', end);
    // A program that does not read its input closes it: how it ended says enough.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** The beginning of what comes, when asked. */
function keep(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < KEPT) chunks.push(chunk.subarray(0, KEPT - size));
    size += chunk.length;
  });
  stream.on('error', () => {});
  return () => Buffer.concat(chunks).toString('utf8');
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
