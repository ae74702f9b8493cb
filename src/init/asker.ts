import { UNSEEN } from '../chat/unseen.js';

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

/** An {@link Asker} that shows control characters as dots: a certificate's names, a host's or GitLab's words are foreign. */
export function plain(asker: Asker): Asker {
  const clean = (text: string) => text.replace(UNSEEN, '\u00b7');
  return {
    ask: (question) =>
      asker.ask({
        ...question,
        ...{ ask: clean(question.ask), why: clean(question.why) },
        ...(question.fallback === undefined ? {} : { fallback: clean(question.fallback) }),
      }),
    say: (words) => asker.say(clean(words)),
    close: () => asker.close(),
  };
}

/** Nobody answers any more: Ctrl-C, or the end of the input. Nothing was written. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}
