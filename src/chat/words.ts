import { closest, distance } from 'fastest-levenshtein';

/**
 * Undoes what phones and editors do to a command: curled quotes, dashes that were two hyphens, spaces that are none.
 * Pure. For commands only: a log is kept as it is.
 */
export function straighten(text: string): string {
  return text
    .replace(/[\u2018\u2019\u201a\u2032]/g, "'")
    .replace(/[\u201c\u201d\u201e\u2033]/g, '"')
    .replace(/(^|\s)[\u2013\u2014](?=[A-Za-z])/g, '$1--')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '');
}

/** Splits at white space; quotes keep words together. Nothing is expanded. Pure. */
export function splitWords(text: string): string[] {
  return Array.from(
    text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** Words that clients print when something fails, and that nobody begins a command with. */
const FAILURE =
  /\b(?:denied|unauthorized|forbidden|error|failed|refused|timeout|timed out|x509|not found|unknown|invalid)\b/i;

/** Does a line read like one of a log, and not like a slip of the pen? Pure. */
export function readsLikeLog(text: string): boolean {
  return splitWords(text).length >= 3 && FAILURE.test(text);
}

/** The word of the list that was probably meant; `undefined` when none is near. */
export function nearest(word: string, list: readonly string[]): string | undefined {
  if (list.length === 0 || word === '') return undefined;
  const asked = word.toLowerCase().slice(0, 60);
  const best = list.find((one) => one.startsWith(asked) && asked.length > 1) ?? closest(asked, [...list]);
  return best.startsWith(asked) || distance(asked, best) <= Math.max(2, Math.floor(best.length / 3)) ? best : undefined;
}

/**
 * A pasted log without the fence that was put around it. Pure. A log may hold fences of its own, and words around it
 * are told apart from it by nobody: so only the marks go, and no line is dropped; a language beside a mark stays.
 */
export function unfence(text: string): string {
  return text.replace(/\n?```\n?/g, '\n').replace(/^\n|\n$/g, '');
}
