import input from '@inquirer/input';
import password from '@inquirer/password';
import { type Asker, GivenUp, type Question } from './asker.js';

/** A person at a terminal. */
export function atTerminal(stdin: NodeJS.ReadableStream, stdout: NodeJS.WritableStream): Asker {
  const terminal = { input: stdin, output: stdout };
  return {
    async ask(question) {
      stdout.write(`\n  ${question.why}\n`);
      try {
        return (await typed(question, terminal)).trim();
      } catch (error) {
        // By name: each of the prompts may bring a copy of the class.
        if (error instanceof Error && /^(?:Exit|Abort)PromptError$/.test(error.name)) throw new GivenUp('left');
        throw error;
      }
    },
    say: (words) => void stdout.write(`${words}\n`),
    close: () => {},
  };
}

type Terminal = NonNullable<Parameters<typeof input>[1]>;

function typed({ ask: message, fallback, secret }: Question, terminal: Terminal): Promise<string> {
  if (secret === true) return password({ message, mask: false }, terminal);
  return input({ message, ...(fallback === undefined ? {} : { default: fallback }) }, terminal);
}
