import type { MessageAttachment } from '@mattermost/types/message_attachments';
import type { Answer, AnswerPart } from '../answer.js';
import { merged, spokenAvailability, utc } from '../availability.js';
import { ICON, SIGN, SLOT, WORDS } from '../marks.js';
import { UNOPENED } from '../secret.js';
import { drawTimes, zoned } from '../times.js';
import { cut, escaped, fenced, inlineCode } from './escape.js';

/** Of the server's 16383; older servers allow 4000 where their database was never converted. Characters. */
const MESSAGE_LIMIT = 12_000;
/** Room that every part has, however long those before it were. Characters. */
const LEAST = 300;
const WORDS_LIMIT = 900;
const NAME_LIMIT = 100;
/** A quoted line. Characters. */
const LINE_LIMIT = 300;
const SLOTS = 24;

const STYLE = { primary: 'primary', danger: 'danger', plain: 'default' } as const;

/** What a button carries; sealed by whoever sends the post. */
export interface Press {
  action: string;
  value: string;
}

export interface MattermostMessage {
  message: string;
  props: { attachments: Attachment[] };
}
/** `actions` of ours: without what only the server adds. */
type Attachment = Pick<MessageAttachment, 'fallback'> & { actions: Action[] };
interface Action {
  id: string;
  type: 'button';
  name: string;
  style: string;
  integration: { url: string; context: Readonly<Record<string, string>> };
}

/**
 * Draws an answer as a post, within Mattermost's limits. Pure. Every foreign string is escaped, or stands between
 * fences: nothing in a log can mention, link or format. `integration` gives a button's address and context;
 * `zone` is the time zone of who asked, for times.
 */
export function renderMattermost(
  { mark, title, parts }: Answer,
  integration: (press: Press) => Action['integration'],
  zone?: string,
): MattermostMessage {
  const lines = [`${ICON[mark]} **${plain(title, zone)}**`];
  let left = MESSAGE_LIMIT - title.length;
  for (const part of parts) {
    const drawn = draw(part, Math.max(left, LEAST), zone);
    left -= drawn.length;
    if (drawn.trim() !== '') lines.push(drawn);
  }
  const pressed = parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  const actions = pressed.map(
    ({ label, action, value, style }, index): Action => ({
      // The server's route knows letters and digits alone; any other sign is a click that does nothing.
      id: `a${index.toString(36)}`,
      type: 'button',
      name: label,
      style: STYLE[style],
      integration: integration({ action, value }),
    }),
  );
  const fallback = pressed.map(({ label }) => label).join(', ');
  return { message: lines.join('\n\n'), props: { attachments: actions.length === 0 ? [] : [{ fallback, actions }] } };
}

function draw(part: AnswerPart, left: number, zone: string | undefined): string {
  const said = (text: string) => plain(text, zone);
  const name = (text: string) => plain(text, zone, NAME_LIMIT);
  switch (part.kind) {
    case 'text':
      return limited(part.text.split('\n').map(said), left);
    case 'chain':
      return part.links.map((link) => `${name(link.name)} ${SIGN[link.mark]}`).join(' → ');
    case 'rows':
      return limited(
        part.rows.map(({ mark, name: row, text, fix }) => {
          const todo = fix === undefined ? '' : `\n  → ${inlineCode(cut(fix, WORDS_LIMIT))}`;
          // The list's own bullet is sign enough.
          const sign = mark === 'info' ? '' : `${WORDS[mark]} `;
          return `- ${sign}**${name(row)}** ${said(text)}${todo}`;
        }),
        left,
      );
    case 'facts':
      return limited(
        part.facts.map(({ label, text }) => `**${name(label)}** ${said(text)}`),
        left,
      );
    case 'evidence':
      return quoted(part.lines.map(({ line, text }) => `line ${line}  ${text}`).join('\n'), left);
    case 'code':
      return quoted(part.text, left);
    case 'file':
      return `📎 ${name(part.name)}`;
    case 'secret':
      return UNOPENED;
    case 'note':
      return cut(part.markdown, left);
    case 'timeline': {
      const slots = merged(part.slots, SLOTS).map(({ mark }) => SLOT[mark]);
      return `${said(`${utc(part.from)} to ${utc(part.to)}: ${spokenAvailability(part)}`)}\n${slots.join('')}`;
    }
    case 'link':
      return `[${said(part.label)}](${encodeURI(part.url).replaceAll('(', '%28').replaceAll(')', '%29')})`;
    case 'buttons':
      return '';
    case 'footer':
      return part.text.trim() === '' ? '' : `*${said(part.text)}*`;
  }
}

/** Foreign words between our own markup: on one line, and harmless. */
function plain(text: string, zone: string | undefined, limit = WORDS_LIMIT): string {
  return drawTimes(cut(text, limit).replace(/\s*\n\s*/g, ' '), escaped, (ms) => zoned(ms, zone));
}

function limited(lines: readonly string[], left: number): string {
  const kept: string[] = [];
  let room = left;
  for (const [index, line] of lines.entries()) {
    room -= line.length + 1;
    if (room < 0) {
      kept.push(`… and ${lines.length - index} more`);
      break;
    }
    kept.push(line);
  }
  return kept.join('\n');
}

function quoted(text: string, left: number): string {
  const lines = text.split('\n').map((line) => cut(line, LINE_LIMIT));
  const kept = limited(lines, left);
  return kept.trim() === '' ? '' : fenced(kept);
}
