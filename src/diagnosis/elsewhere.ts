import { isImageClient, speaksOfRegistry } from './context.js';
import type { Reading } from './reading/reader.js';
import { type Step, type Story, suspects } from './story.js';

/** A failure whose words no entry knows, and which took place where no registry is. */
export interface Elsewhere {
  line: number;
  text: string;
  /** A clause without a full stop. */
  why: string;
}

/** Words with which programs of all kinds say that they failed. */
const FAILS =
  /\b(?:error|errors|fail(?:ed|ure|s)?|fatal|exception|panic|traceback|aborted|terminated|killed|denied|refused|forbidden|unauthorized|invalid|cannot|can't|could not|couldn't|unable to|not found|no such|timed? ?out|timeout|exceeded|unsupported|not supported|missing|mismatch|non-zero|exit(?:ed)? (?:code|status|with))\b|[✗✘×❌]|\bERR!|\w(?:Error|Exception):/i;

/** What a CI system says of every job that failed. */
const LAST_WORDS =
  /^(?:ERROR: Job failed|##\[error\](?:Process completed|The operation was canceled|Bash exited|The process)|Finished: |Error: Process completed|script returned exit code|ERROR: script returned|Exited with code|make(?:\[\d+\])?: \*\*\*|exit (?:code|status):? ?\d|The command ".*" exited|Cleaning up|Uploading artifacts)/i;

/** Lines at the end of a log without commands that are its failure's surroundings. */
const SURROUNDINGS = 40;

/**
 * The failure of a log in which no entry's words were found, if it took place where no registry is: the command that
 * failed is no image client, and none of its lines that speak of failing speaks of a registry. Pure.
 */
export function failureElsewhere(story: Story, { tail }: Reading): Elsewhere | undefined {
  const step = suspects(story)[0];
  const command = step?.command;
  const lines = command === undefined ? tail.slice(-SURROUNDINGS) : tail.filter(({ line }) => line >= command.line);
  const failing = lines.filter(({ text }) => FAILS.test(text) && !LAST_WORDS.test(text));
  const told = tail.some(({ text }) => LAST_WORDS.test(text));
  if (failing.some(({ text }) => speaksOfRegistry(text))) return undefined;
  if (command !== undefined && isImageClient(command.text)) return undefined;
  const shown =
    failing.find(({ line }) => line !== command?.line) ??
    (told && !lines.some(({ text }) => isImageClient(text)) ? lines.at(-1) : undefined);
  if (shown === undefined) return undefined;
  return { ...shown, why: whyOf(step) };
}

function whyOf(step: Step | undefined): string {
  const command = step?.command?.text;
  if (command === undefined) return 'what failed speaks of no registry and of no image client';
  const shown = command.length > 80 ? `${command.slice(0, 80)}…` : command;
  return `“${shown}” failed, which is no image client, and nothing that it printed speaks of a registry`;
}
