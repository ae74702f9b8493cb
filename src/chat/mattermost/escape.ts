import { UNSEEN } from '../unseen.js';

/**
 * Foreign words in Mattermost's Markdown. Pure.
 * Source: the web client's renderer (marked with the server's own mentions, channels, hashtags and emoji).
 */

const SIGNS = /[\\*_~`#|[\]<>]/g;

/** Nothing in it mentions, links, formats or becomes a picture. One line of it stays one line. */
export function escaped(text: string): string {
  return text
    .replace(UNSEEN, '')
    .replace(/:(?=[a-z_+-][\w+-]*:)/gi, ':\u200b')
    .replace(SIGNS, (sign) => `\\${sign}`)
    .replace(/^(\s*)([-+=])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2')
    .replace(/!(?=\\\[)/g, '\\!')
    .replace(/@/g, '@\u200b');
}

/** Between fences nothing mentions; a fence in the text is outdone by a longer one. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(UNSEEN, '')}\n${fence}`;
}

/** A command in a line. */
export function inlineCode(text: string): string {
  return `\`${text.replace(UNSEEN, '').replaceAll('`', "'").replace(/\s+/g, ' ').trim()}\``;
}

/** At most so many characters as Mattermost counts them, never half of one. */
export function cut(text: string, runes: number): string {
  if (text.length <= runes) return text;
  const all = [...text];
  return all.length <= runes ? text : `${all.slice(0, runes - 1).join('')}…`;
}
