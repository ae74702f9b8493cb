import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandConsumer } from '../../config/rotation.js';
import { type EdgeError, messageOf, RETRY_MS } from '../../errors.js';
import { codeOf, type DeclaredConsumer, outsideError, quote } from './consumer.js';
import { type Ended, execute, PROGRAMS } from './execute.js';
import type { Login } from './outside.js';

/** How long a command may take. Milliseconds. */
const LIMIT_MS = 60_000;
/** “Try again later”: EX_TEMPFAIL of sysexits.h. */
const TRY_LATER = 75;

/**
 * A command that brings a token wherever it has to be: it gets the login on standard input, as one line of JSON. What
 * was there before can't be read, so that the old login is what is given back. `limit` begins the time of one run.
 */
export function command(
  { run, check }: CommandConsumer,
  limit: () => AbortSignal = () => AbortSignal.timeout(LIMIT_MS),
): DeclaredConsumer {
  const name = `the command ${run[0]}`;

  return {
    name,
    read: async () => undefined,
    write,
    async holds(login) {
      if (check === undefined) return 'unknown';
      const ended = await tell(check, login);
      if (ended.how === 0 || ended.how === 1) return ended.how === 0;
      throw failure(check, ended, login);
    },
    async restore(_, old) {
      if (old !== undefined) await write(old);
      return old !== undefined;
    },
    async check() {
      for (const [program = ''] of check === undefined ? [run] : [run, check]) await mustBeExecutable(program);
      return `it can be run${check === undefined ? '; without check, what it wrote is not read back' : ''}`;
    },
  };

  async function write(login: Login): Promise<void> {
    const ended = await tell(run, login);
    if (ended.how !== 0) throw failure(run, ended, login);
  }

  async function tell(argv: readonly string[], { registryHost, username, token }: Login): Promise<Ended> {
    const input = `${JSON.stringify({ registry: registryHost, username, password: token })}\n`;
    try {
      return await execute(argv, input, limit());
    } catch (error) {
      throw notStarted(argv[0] ?? '', error);
    }
  }
}

function failure([program = '']: readonly string[], { how, said }: Ended, { registryHost, token }: Login): EdgeError {
  const why = quote(said, [token]) || 'it printed nothing';
  if (how === 'late' || how === TRY_LATER) {
    return outsideError(
      'outside-unreachable',
      {
        what:
          how === 'late' ? `${program} took longer than ${LIMIT_MS / 1000} seconds` : `${program} asks to be run later`,
        why,
        next: 'look at what it waits for; the job goes on by itself',
      },
      { retry: { afterMs: RETRY_MS } },
    );
  }
  return outsideError('outside-failed', {
    what: `${program} ${typeof how === 'number' ? `exited with ${how}` : `was ended by ${how}`}`,
    why,
    next: `run it by hand as Registrar’s user: echo '{"registry":"${registryHost}","username":"USER","password":"TOKEN"}' | ${program} …`,
  });
}

function notStarted(program: string, error: unknown): EdgeError {
  if (['EAGAIN', 'ENOMEM', 'EMFILE'].includes(codeOf(error) ?? '')) {
    return outsideError(
      'outside-unreachable',
      {
        what: `${program} can’t be started now`,
        why: messageOf(error),
        next: 'nothing to do: the job goes on by itself',
      },
      { retry: { afterMs: RETRY_MS }, cause: error },
    );
  }
  return outsideError('outside-failed', {
    what: `${program} can’t be started`,
    why: messageOf(error),
    next: program.includes('/')
      ? `put it there, executable for the user that runs Registrar: chmod a+rx ${program}`
      : `put it into one of ${PROGRAMS.join(', ')}, or name it by its path`,
  });
}

/** Errors: `outside-failed`. */
async function mustBeExecutable(program: string): Promise<void> {
  const places = program.includes('/') ? [program] : PROGRAMS.map((folder) => join(folder, program));
  const tried = await Promise.allSettled(places.map((place) => access(place, constants.X_OK)));
  if (tried.some(({ status }) => status === 'fulfilled')) return;
  throw notStarted(program, tried.map((one) => (one.status === 'rejected' ? one.reason : undefined)).at(-1));
}
