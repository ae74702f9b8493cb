import { createInterface } from 'node:readline';
import { type Asker, GivenUp } from './asker.js';

/** Answers come one a line, as from a pipe or a script. None is repeated: one of them is a token. */
export function fromLines(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asker {
  const reader = createInterface({ input, terminal: false });
  const lines = reader[Symbol.asyncIterator]();
  return {
    async ask({ ask, why, fallback, option }) {
      output.write(`? ${ask}${fallback === undefined ? '' : ` (${fallback})`}\n  ${why}\n`);
      const line = await lines.next();
      if (line.done === true) throw new GivenUp(`the input ended before this was answered; ${option} answers it too`);
      return line.value.trim();
    },
    say: (words) => void output.write(`${words}\n`),
    close: () => reader.close(),
  };
}
