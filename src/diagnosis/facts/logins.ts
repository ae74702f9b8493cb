import type { Facts } from '../facts.js';
import type { Event } from '../reading/reader.js';
import { landmark, type Story } from '../story.js';
import { shellWords } from './words.js';

/** Every login before the failure. Pure. */
export function loginsOf(story: Story, event: Event): Facts['logins'] {
  const logins: Facts['logins'] = [];
  for (const step of story.steps) {
    const { command } = step;
    if (command === undefined || command.line > event.line) continue;
    for (const part of command.text.split(/&&|;|\|\|/)) {
      const words = shellWords(part);
      const at = words.indexOf('login');
      if (at < 1) continue;
      const user = flagValue(words, '-u', '--username');
      const host = words
        .slice(at + 1)
        .findLast((word, index, rest) => !/^(?:-|[0-9]?[<>])/.test(word) && isArgument(rest, index));
      const succeeded = step.marks.some((one) => landmark(one, 'login-succeeded') !== undefined);
      logins.push({
        line: command.line,
        ...(host === undefined ? {} : { host: host.replace(/^https?:\/\//, '') }),
        ...(user === undefined ? {} : { user }),
        ...(succeeded ? { succeeded } : {}),
      });
    }
  }
  const loose = story.steps
    .flatMap((step) => step.marks)
    .filter((one) => one.line <= event.line && landmark(one, 'login-succeeded'));
  if (logins.length === 0) for (const one of loose) logins.push({ line: one.line, succeeded: true });
  return logins;
}

/** `>` too: what stands behind it is a file. */
const FLAGS_WITH_VALUE = new Set(['>', '2>', '<', '-u', '--username', '-p', '--password', '--authfile', '--cert-dir']);

function isArgument(words: readonly string[], index: number): boolean {
  return !FLAGS_WITH_VALUE.has(words[index - 1] ?? '');
}

function flagValue(words: readonly string[], ...flags: string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (flags.includes(word)) return words[index + 1];
    const [flag, value] = word.split('=', 2);
    if (value !== undefined && flags.includes(flag ?? '')) return value;
  }
  return undefined;
}
