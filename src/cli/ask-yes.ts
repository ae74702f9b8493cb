import { createInterface } from 'node:readline/promises';

/** Asks a person for a typed yes. */
export type AskYes = (question: string) => Promise<boolean>;

/** `undefined` where nobody sits: a pipe or a job says yes by an option only. */
export function askingHere(): AskYes | undefined {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return undefined;
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return (await lines.question(`${question} Type yes: `)).trim().toLowerCase() === 'yes';
    } finally {
      lines.close();
    }
  };
}
