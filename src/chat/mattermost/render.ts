import type { MessageAttachment } from '@mattermost/types/message_attachments';
import type { Answer, AnswerPart } from '../answer.js';
import { merged, spokenAvailability, utc } from '../availability.js';
import { ICON, SIGN, SLOT, WORDS } from '../marks.js';
import { UNOPENED } from '../secret.js';
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
 * fences: nothing in a log can mention, link or format. `integration` gives a button's address and context.
 */
export function renderMattermost(
  { mark, title, parts }: Answer,
  integration: (press: Press) => Action['integration'],
): MattermostMessage {
  const lines = [`${ICON[mark]} **${escaped(cut(title, WORDS_LIMIT))}**`];
  let left = MESSAGE_LIMIT - title.length;
  for (const part of parts) {
    const drawn = draw(part, Math.max(left, LEAST));
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

function draw(part: AnswerPart, left: number): string {
  switch (part.kind) {
    case 'text':
      return limited(
        part.text.split('\n').map((line) => plain(line)),
        left,
      );
    case 'chain':
      return part.links.map(({ name, mark }) => `${plain(name, NAME_LIMIT)} ${SIGN[mark]}`).join(' → ');
    case 'rows':
      return limited(
        part.rows.map(({ mark, name, text, fix }) => {
          const todo = fix === undefined ? '' : `\n  → ${inlineCode(cut(fix, WORDS_LIMIT))}`;
          return `- ${WORDS[mark]} **${plain(name, NAME_LIMIT)}** ${plain(text)}${todo}`;
        }),
        left,
      );
    case 'facts':
      return limited(
        part.facts.map(({ label, text }) => `**${plain(label, NAME_LIMIT)}** ${plain(text)}`),
        left,
      );
    case 'evidence':
      return quoted(part.lines.map(({ line, text }) => `line ${line}  ${text}`).join('\n'), left);
    case 'code':
      return quoted(part.text, left);
    case 'file':
      return `📎 ${plain(part.name, NAME_LIMIT)}`;
    case 'secret':
      return UNOPENED;
    case 'note':
      return cut(part.markdown, left);
    case 'timeline': {
      const slots = merged(part.slots, SLOTS).map(({ mark }) => SLOT[mark]);
      return `${utc(part.from)} to ${utc(part.to)}: ${spokenAvailability(part)}\n${slots.join('')}`;
    }
    case 'link':
      return `[${plain(part.label)}](${encodeURI(part.url).replaceAll('(', '%28').replaceAll(')', '%29')})`;
    case 'buttons':
      return '';
    case 'footer':
      return part.text.trim() === '' ? '' : `*${plain(part.text)}*`;
  }
}

/** Foreign words between our own markup: on one line, and harmless. */
function plain(text: string, limit = WORDS_LIMIT): string {
  return escaped(cut(text, limit).replace(/\s*\n\s*/g, ' '));
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
