import { EdgeError, messageOf } from '../../errors.js';

/** What Mattermost, or something before it, answered instead of what was asked for. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  /** The server's own id of the error, by which alone errors are told apart: messages are translated. */
  readonly id: string | undefined;
  readonly afterMs: number | undefined;

  constructor(status: number, id: string | undefined, afterMs?: number) {
    super(id === undefined ? `it answers ${status}` : `it answers ${status} (${id})`);
    this.status = status;
    this.id = id;
    this.afterMs = afterMs;
  }
}

const RETRY_MS = 3_000;

/** Mattermost's refusal, with `retry` where a later try may go through. */
export function edgeError(error: unknown, what = 'Mattermost did not take the answer'): EdgeError {
  if (error instanceof EdgeError) return error;
  return new EdgeError({
    part: 'mattermost',
    code: 'mattermost-failed',
    retry: isForGood(error) ? 'never' : { afterMs: (error instanceof Refused ? error.afterMs : undefined) ?? RETRY_MS },
    ...(error instanceof Refused ? { status: error.status } : {}),
    cause: error,
    forPerson: { what, why: messageOf(error), next: '`registrar config check` tries the token and the address' },
  });
}

/** Time does not mend it. Overload, a limit, a gateway and a post that is being made are over soon. */
function isForGood(error: unknown): boolean {
  return error instanceof Refused && error.status >= 400 && error.status < 500 && error.status !== 429;
}
