import type { State } from './state.js';

const TLD = 'com|org|net|io|dev|app|eu|nl|de|uk|co|ai|example|test';
const LINKS = new RegExp(
  [
    '(?<url>https?://[^\\s<>|]+[^\\s<>|.,;:!?)\'"])',
    '(?<mail>[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)',
    `(?<host>(?<![\\w@/.-])(?:[a-z0-9-]+\\.)+(?:${TLD})(?![\\w.-]*\\w)(?:/[^\\s<>|]*)?)`,
    '(?<at><@[UW]\\w+>|@[\\w.-]+)',
    '(?<channel>#[\\w-]+)',
  ].join('|'),
  'gi',
);

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What a client turns typed text into: curly quotes, and -- as a dash. */
export function smarten(text: string): string {
  return text
    .replace(/(^|[\s([{])"/g, '$1“')
    .replaceAll('"', '”')
    .replace(/(^|[\s([{])'/g, '$1‘')
    .replaceAll("'", '’')
    .replaceAll('--', '—');
}

function rewrite(state: State, text: string, forCommand: boolean): string {
  let out = '';
  let last = 0;
  for (const match of text.matchAll(LINKS)) {
    const groups = match.groups ?? {};
    const whole = match[0];
    const replaced = replacement(state, whole, groups, forCommand);
    out += escapeText(text.slice(last, match.index)) + (replaced ?? escapeText(whole));
    last = match.index + whole.length;
  }
  return out + escapeText(text.slice(last));
}

function replacement(
  state: State,
  whole: string,
  groups: Record<string, string | undefined>,
  forCommand: boolean,
): string | undefined {
  if (groups.url !== undefined) return `<${escapeText(whole)}>`;
  if (groups.mail !== undefined) return `<mailto:${whole}|${whole}>`;
  if (groups.host !== undefined) return `<http://${whole}|${whole}>`;
  if (groups.at !== undefined) {
    const user = whole.startsWith('<')
      ? state.users.get(whole.slice(2, -1))
      : [...state.users.values()].find((u) => u.name === whole.slice(1));
    if (user === undefined) return undefined;
    return forCommand ? `<@${user.id}|${user.name}>` : `<@${user.id}>`;
  }
  const channel = [...state.channels.values()].find((c) => c.name === whole.slice(1));
  if (channel === undefined) return undefined;
  return `<#${channel.id}|${channel.type === 'channel' ? channel.name : ''}>`;
}

/** A command's text with `should_escape: true`. */
export function escapedCommand(state: State, text: string): string {
  return rewrite(state, text, true);
}

/** A typed message as events carry it: mentions, links and the three entities; code is escaped only. */
export function typedMessage(state: State, text: string): string {
  return text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part, i) => (i % 2 === 1 ? escapeText(part) : rewrite(state, part, false)))
    .join('');
}
