import type { Answer } from '../chat/answer.js';
import { renderTerminal } from '../chat/terminal/render.js';
import { drawing } from './terminal-options.js';

/** Prints an answer where nobody can press its buttons. */
export function printAnswer({ parts, ...answer }: Answer): void {
  const shown = parts.filter(({ kind }) => kind !== 'buttons');
  process.stdout.write(`${renderTerminal({ ...answer, parts: shown }, drawing()).text}\n`);
}
