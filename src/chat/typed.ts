import { type AnswerPart, buttons } from './answer.js';

/** The action of a button that holds a command: pressing it is as typing it, by whoever presses, with their rights. */
export const TYPE = 'type';

const LABEL = 40;

/** Commands as buttons, each as it would be typed behind `/registry`. Pure. */
export function offers(...commands: readonly string[]): AnswerPart {
  return buttons(
    ...commands.map((command) => ({
      label: command.length > LABEL ? `${command.slice(0, LABEL - 1)}…` : command,
      action: TYPE,
      value: command,
      style: 'plain' as const,
    })),
  );
}

/** The command with one of its words replaced by what was meant; an empty word: a name was missing at the end. Pure. */
export function instead(command: string, word: string, by: string): string {
  if (word === '') return `${command} ${by}`;
  return command
    .split(' ')
    .map((one) => (one === word ? by : one))
    .join(' ');
}
