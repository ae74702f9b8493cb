import { EdgeError, messageOf } from '../errors.js';
import { redact } from '../secrets/redact.js';
import type { Asker, Question } from './asker.js';

/** An answer that can't be. Its message is for the person, and holds no secret. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

/**
 * Asks until an answer passes its test. `given`: what an option said, tested first in the same way.
 *
 * `test` gives the value, and says on its way what it found. Errors: those of {@link Asker.ask}; what `test` throws as a
 * `WrongAnswer` or an `EdgeError` is told, and asked again.
 */
export async function untilRight<T>(
  asker: Asker,
  question: Question,
  given: string | undefined,
  test: (answer: string) => Promise<T> | T,
): Promise<T> {
  for (let first = given; ; first = undefined) {
    const typed = first ?? (await asker.ask(question));
    const answer = typed === '' ? question.fallback : typed;
    if (answer === undefined || answer === '') {
      asker.say('✘ this one has to be answered');
      continue;
    }
    try {
      // Most answers are repeated somewhere: a token that was pasted one question too early must not be.
      if (question.secret !== true && redact(answer).found.length > 0)
        throw new WrongAnswer('that looks like a secret, which is not asked for here');
      return await test(answer);
    } catch (error) {
      asker.say(`✘ ${first === undefined ? '' : `${question.option}: `}${wrong(error)}`);
    }
  }
}

/** What is wrong. Errors: rethrows what is nobody's answer. */
export function wrong(error: unknown): string {
  if (error instanceof WrongAnswer) return messageOf(error);
  if (!(error instanceof EdgeError)) throw error;
  const { what, why } = error.forPerson;
  return why === undefined || why === '' ? what : `${what}: ${why}`;
}
