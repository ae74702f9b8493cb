import type { Answer } from '../../../src/chat/answer.js';

/** One example of each kind of answer, by what it is. */
export type Kinds = Readonly<Record<string, Answer>>;
