/** One question of `registrar init`. */
export interface Question {
  /** The option that answers it in advance, as it is typed: --gitlab-url. Secrets have none that takes their value. */
  option: string;
  ask: string;
  /** One line. */
  why: string;
  /** Taken when nothing is typed. */
  fallback?: string | undefined;
  /** Typed without echo. */
  secret?: boolean;
}

/** Who answers: a person at a terminal, or lines from a pipe. */
export interface Asker {
  /** The answer without white space around it; empty when nothing was typed. Errors: {@link GivenUp}. */
  ask(question: Question): Promise<string>;
  say(words: string): void;
  close(): void;
}

/** Nobody answers any more: Ctrl-C, or the end of the input. Nothing was written. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}
