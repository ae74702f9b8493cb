import { SECRET_PURPOSE, type Seal } from '../secrets/seal.js';
import type { Answer, AnswerPart } from './answer.js';

/** What stands where a secret can't be shown. */
export const UNOPENED = 'a secret that can’t be opened here: app and worker need the same sealingKey';

/**
 * An answer with its secrets opened, at the moment when it goes out to the one person who may see them. In an answer
 * that others see none is ever opened.
 */
export function withSecrets(answer: Answer, seal: Seal): Answer {
  if (answer.quiet !== true) return answer;
  return { ...answer, parts: answer.parts.map((part) => opened(part, seal)) };
}

function opened(part: AnswerPart, seal: Seal): AnswerPart {
  if (part.kind !== 'secret') return part;
  try {
    return { kind: 'code', text: seal.open(part.sealed, SECRET_PURPOSE) };
  } catch {
    return part;
  }
}
