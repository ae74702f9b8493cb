import type { Signal } from '../src/diagnosis/cause.js';
import { CAUSES } from '../src/diagnosis/causes/index.js';

/** The catalogue's signals as `grep -E` takes them, one a line; case is not folded, which is to grep's advantage. */
export function signalsAsEre(): string[] {
  return patternsOf((signal) => ('says' in signal ? quote(signal.says) : toEre(signal.matches)));
}

/** As many patterns, of each signal only the literal that every match holds: grep's fast case. */
export function literalsAsEre(): string[] {
  // A line's beginning, which a token may ask for, is no character to grep.
  return patternsOf((signal) => quote('says' in signal ? signal.says : signal.token).replace(/^\n/, '^'));
}

function patternsOf(pattern: (signal: Signal) => string): string[] {
  return CAUSES.flatMap(({ signals }) => signals.map(pattern));
}

function quote(literal: string): string {
  return literal.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

const CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'A-Za-z0-9_', s: ' \t' };

/**
 * RE2's syntax without what POSIX does not know: named and plain groups alike, no lazy repeats, classes spelt out.
 * Word boundaries are left out and counted repeats become plain ones: with them grep needs minutes for a megabyte.
 */
function toEre(re2: string): string {
  let ere = '';
  for (let i = 0; i < re2.length; i++) {
    const rest = re2.slice(i);
    const group = /^\(\?(?:P?<\w+>|:)/.exec(rest);
    if (group !== null) {
      ere += '(';
      i += group[0].length - 1;
    } else if (rest.startsWith('[')) {
      const set = setOf(rest);
      ere += set.ere;
      i += set.length - 1;
    } else if (rest.startsWith('\\')) {
      ere += escaped(re2.charAt(i + 1));
      i += 1;
    } else if (/^\{\d+(?:,\d*)?\}/.test(rest)) {
      ere += rest.startsWith('{0') ? '*' : '+';
      i = re2.indexOf('}', i);
      if (re2.charAt(i + 1) === '?') i += 1;
    } else if (/^[+*?]\?/.test(rest)) {
      ere += rest.charAt(0);
      i += 1;
    } else ere += rest.charAt(0);
  }
  return ere;
}

function escaped(letter: string): string {
  const known = CLASSES[letter.toLowerCase()];
  if (known !== undefined) return letter === letter.toLowerCase() ? `[${known}]` : `[^${known}]`;
  if (letter === 'b') return '';
  return /[A-Za-z0-9"'/:,;=<>@#%&~`!_ -]/.test(letter) ? letter : `\\${letter}`;
}

/** A bracket expression: POSIX has no escapes in it, wants `]` first and `-` last. */
function setOf(text: string): { ere: string; length: number } {
  const negated = text.startsWith('[^');
  let members = '';
  let bracket = '';
  let dash = '';
  let i = negated ? 2 : 1;
  for (; i < text.length && (text.charAt(i) !== ']' || i === (negated ? 2 : 1)); i++) {
    let member = text.charAt(i);
    if (member === '\\') {
      i += 1;
      member = CLASSES[text.charAt(i)] ?? text.charAt(i);
      if (member === '-') {
        dash = '-';
        continue;
      }
    }
    if (member === ']') bracket = ']';
    else members += member;
  }
  return { ere: `[${negated ? '^' : ''}${bracket}${members}${dash}]`, length: i + 1 };
}
