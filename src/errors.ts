/** The parts of the world that Registrar depends on; an error names the one that failed. */
export type Part =
  | 'redis'
  | 'gitlab'
  | 'registry'
  | 'ssh'
  | 'host'
  | 'slack'
  | 'mattermost'
  | 'config'
  | 'worker'
  | 'registrar'
  /** Who holds a token outside this GitLab: a cluster, another GitLab, a command. */
  | 'outside';

/** What a person is told. Nothing in it may hold a secret; foreign text is escaped by the renderer. */
export interface ForPerson {
  /** What happened, as a sentence without a full stop. */
  what: string;
  /** Why, as far as is known. */
  why?: string;
  /** What to do next: a command or a place to look. */
  next: string;
  /** Where a word of the request could have meant one of several: the word, and what it may have meant. */
  meant?: { word: string; names: readonly string[] };
}

/**
 * A failure at an edge: the only class that is thrown on purpose. Expected outcomes are values.
 *
 * `retry` says whether the same call may go through later; src/queue turns it into a delay of the job.
 */
export class EdgeError extends Error {
  override readonly name = 'EdgeError';
  readonly part: Part;
  readonly code: ErrorCode;
  readonly retry: 'never' | { afterMs: number };
  readonly forPerson: ForPerson;
  /** HTTP status, where there was an answer. */
  readonly status?: number;

  constructor(options: {
    part: Part;
    code: ErrorCode;
    forPerson: ForPerson;
    retry?: 'never' | { afterMs: number };
    status?: number;
    cause?: unknown;
  }) {
    super(`${options.code}: ${options.forPerson.what}`, { cause: options.cause });
    this.part = options.part;
    this.code = options.code;
    this.forPerson = options.forPerson;
    this.retry = options.retry ?? 'never';
    if (options.status !== undefined) this.status = options.status;
  }
}

/** Every code, so that one page tells what can go wrong at the edges. */
export type ErrorCode =
  | 'config-invalid'
  | 'secret-missing'
  | 'redis-unreachable'
  | 'gitlab-unreachable'
  | 'gitlab-refused'
  | 'gitlab-not-found'
  | 'gitlab-forbidden'
  | 'gitlab-rate-limited'
  | 'gitlab-rejected'
  | 'registry-unreachable'
  | 'registry-protocol'
  | 'realm-not-trusted'
  | 'ssh-unreachable'
  | 'ssh-refused'
  | 'ssh-host-key-changed'
  | 'host-script-failed'
  | 'slack-failed'
  | 'mattermost-failed'
  | 'file-unreadable'
  | 'outside-unreachable'
  | 'outside-refused'
  | 'outside-failed'
  | 'half-undone'
  | 'not-allowed'
  | 'ambiguous'
  | 'not-found'
  | 'stopped-halfway'
  | 'audit-failed';

/** How long to wait before a part that did not answer is asked again. Milliseconds. */
export const RETRY_MS = 5_000;

/** The error's own words, however it was thrown; for logs and as a `why`. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  if (error instanceof Error) {
    const cause = error.cause instanceof Error ? `: ${messageOf(error.cause)}` : '';
    return `${error.message}${cause}`;
  }
  return String(error);
}
