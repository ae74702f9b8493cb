import type { ActionsBlock, Button, ContextBlock, ImageBlock, KnownBlock, SectionBlock } from '@slack/types';
import type { Answer, AnswerPart } from '../answer.js';
import { merged, spokenAvailability, utc } from '../availability.js';
import { ICON, SIGN, SLOT, WORDS } from '../marks.js';
import { UNOPENED } from '../secret.js';
import { drawTimes } from '../times.js';
import { UNSEEN } from '../unseen.js';

/** Slack counts a section's text after escaping, up to 3000; a little room is left. Characters. */
const SECTION_LIMIT = 2_900;
/** All blocks together: `msg_blocks_too_long` comes at about 13 200; each part may take {@link LEAST} more. Characters. */
const MESSAGE_LIMIT = 10_000;
/** Room that every part has, however long those before it were. Characters. */
const LEAST = 300;
/** A single row's words and its name, as Slack counts them; longer ones are cut with an ellipsis. Characters. */
const WORDS_LIMIT = 900;
const NAME_LIMIT = 100;
/** A quoted line. Characters. */
const LINE_LIMIT = 300;
const BLOCK_LIMIT = 50;
/** Characters. */
const ALT_LIMIT = 2_000;
/** A timeline's signs: more of them are two lines on a phone. */
const SLOTS = 24;

/** A picture that Slack has, and what it says to who does not see it. */
export interface SlackPicture {
  fileId: string;
  alt: string;
}

export interface SlackMessage {
  /** For notifications and screen readers. */
  text: string;
  blocks: KnownBlock[];
}

/**
 * Draws an answer in Block Kit, within Slack's limits. Pure. Every foreign string is escaped: nothing in a log can
 * mention, link or format. `key` names the message and travels in its buttons. A part that has a picture is not drawn
 * in words as well.
 */
export function renderSlack(
  { mark, title, parts }: Answer,
  key: string,
  pictures?: ReadonlyMap<AnswerPart, SlackPicture>,
): SlackMessage {
  const blocks: KnownBlock[] = [section(`${ICON[mark]} *${cut(title, WORDS_LIMIT)}*`)];
  let left = MESSAGE_LIMIT - title.length;
  for (const part of parts) {
    const picture = pictures?.get(part);
    const drawn = picture === undefined ? draw(part, key, left) : [image(picture)];
    left -= JSON.stringify(drawn).length;
    blocks.push(...drawn);
  }
  // Buttons and footers are small and come last; what is cut, if anything, is in the middle.
  const kept = blocks.length > BLOCK_LIMIT ? [...blocks.slice(0, BLOCK_LIMIT - 3), ...blocks.slice(-3)] : blocks;
  return { text: `${ICON[mark]} ${cut(title, WORDS_LIMIT)}`, blocks: kept };
}

/** `&`, `<` and `>` become entities: then no mention, link or date can be forged. A zero-width space breaks code fences. */
export function escapeSlack(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/``(?=`)/g, '``\u200b');
}

function draw(part: AnswerPart, key: string, left: number): KnownBlock[] {
  switch (part.kind) {
    case 'text':
      return sections(
        part.text.split('\n').map((line) => plain(line)),
        left,
      );
    case 'chain':
      return [section(part.links.map(({ name, mark }) => `${cut(name, NAME_LIMIT)} ${SIGN[mark]}`).join(' → '))];
    case 'rows':
      return sections(
        part.rows.map(({ mark, name, text, fix }) => {
          const todo = fix === undefined ? '' : `\n>→ ${code(fix)}`;
          return `${WORDS[mark]} *${plain(name, NAME_LIMIT)}* ${plain(text)}${todo}`;
        }),
        left,
      );
    case 'facts':
      return sections(
        part.facts.map(({ label, text }) => `*${plain(label, NAME_LIMIT)}* ${plain(text)}`),
        left,
      );
    case 'evidence':
      return fenced(part.lines.map(({ line, text }) => `line ${line}  ${text}`).join('\n'), left);
    case 'code':
      return fenced(part.text, left);
    case 'file':
      return contexts(`📎 ${plain(part.name, NAME_LIMIT)}`);
    case 'secret':
      return [section(UNOPENED)];
    case 'note':
      // Slack's own Markdown block: headings, lists and links of the team's file as they are.
      return [{ type: 'markdown', text: part.markdown.slice(0, Math.max(left, LEAST)) }];
    case 'timeline':
      return [
        section(
          `${inReadersZone(`${utc(part.from)} to ${utc(part.to)}: ${spokenAvailability(part)}`)}\n${merged(
            part.slots,
            SLOTS,
          )
            .map(({ mark }) => SLOT[mark])
            .join('')}`,
        ),
      ];
    case 'link':
      return [{ type: 'actions', elements: [opener(part)] }];
    case 'buttons':
      return [actions(part, key)];
    case 'footer':
      return contexts(plain(part.text));
  }
}

/**
 * Foreign words between our own markup: escaped, and with their asterisks and underscores made harmless. Inside a word
 * they format nothing: REGISTRY_PASSWORD stays a name that can be copied.
 */
function plain(text: string, limit = WORDS_LIMIT): string {
  const words = cut(text, limit).replace(/`|(?<!\w)[*_~]|[*_~](?!\w)/g, (sign) => `${sign}\u200b`);
  return inReadersZone(words);
}

/** Slack shows each reader a time in their own zone. Source: its "Formatting text", dates. */
function inReadersZone(words: string): string {
  return drawTimes(
    words,
    (rest) => rest,
    (ms, utc) => `<!date^${ms / 1000}^{date_num} {time}|${utc}>`,
  );
}

function code(text: string): string {
  return `\`${cut(text.replaceAll('`', "'").replace(/\s+/g, ' '), WORDS_LIMIT)}\``;
}

/** Escaped, and then cut, for Slack counts an entity's characters; never in the middle of one. */
function cut(text: string, limit: number): string {
  const escaped = escapeSlack(text.replace(UNSEEN, '').slice(0, limit + 1));
  return escaped.length > limit
    ? `${escaped.slice(0, limit - 1).replace(/&[a-z]{0,3}$|[\ud800-\udbff]$/, '')}…`
    : escaped;
}

function sections(lines: readonly string[], left: number): SectionBlock[] {
  const blocks: string[] = [];
  let room = Math.max(left, LEAST);
  for (const [index, line] of lines.entries()) {
    if (line.length + 1 > room) {
      blocks.push(`… and ${lines.length - index} more`);
      break;
    }
    room -= line.length + 1;
    const last = blocks.at(-1);
    if (last !== undefined && last.length + line.length + 1 <= SECTION_LIMIT)
      blocks[blocks.length - 1] = `${last}\n${line}`;
    else blocks.push(line);
  }
  return blocks.filter((text) => text.trim() !== '').map(section);
}

function fenced(text: string, left: number): SectionBlock[] {
  const limit = Math.min(SECTION_LIMIT, Math.max(left, LEAST)) - 20;
  const lines = text.replace(UNSEEN, '').split('\n');
  let body = '';
  for (const [index, line] of lines.entries()) {
    const next = `${body}${cut(line, LINE_LIMIT)}\n`;
    if (next.length > limit) {
      body += `… and ${lines.length - index} more lines\n`;
      break;
    }
    body = next;
  }
  return body.trim() === '' ? [] : [section(`\`\`\`\n${body}\`\`\``)];
}

function section(text: string): SectionBlock {
  // verbatim: Slack must not turn names in foreign text into links or mentions.
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

function image({ fileId, alt }: SlackPicture): ImageBlock {
  return { type: 'image', slack_file: { id: fileId }, alt_text: cut(alt, ALT_LIMIT) };
}

function contexts(text: string): ContextBlock[] {
  return text.trim() === '' ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] }];
}

function actions({ buttons }: Extract<AnswerPart, { kind: 'buttons' }>, key: string): ActionsBlock {
  return {
    type: 'actions',
    elements: buttons.map(
      ({ label, action, value, style }, index): Button => ({
        type: 'button',
        text: { type: 'plain_text', text: label, emoji: false },
        // Unique in the message, and the same in each edit.
        action_id: `registrar:${action}:${index}`,
        value: JSON.stringify([key, value]),
        ...(style === 'plain' ? {} : { style }),
      }),
    ),
  };
}

/** Slack tells of a press as well, and it does nothing. */
function opener({ label, url }: Extract<AnswerPart, { kind: 'link' }>): Button {
  return {
    type: 'button',
    text: { type: 'plain_text', text: label, emoji: false },
    action_id: 'registrar:link',
    url,
    style: 'primary',
  };
}

/** What a pressed button says: the inverse of what {@link renderSlack} put into it. `undefined` for foreign text. */
export function readButton(
  actionId: string,
  value: string | undefined,
): { action: string; key: string; value: string } | undefined {
  const action = /^registrar:([a-z-]{1,40}):\d+$/.exec(actionId)?.[1];
  if (action === undefined || value === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    if (!Array.isArray(parsed)) return undefined;
    const [key, own] = parsed as unknown[];
    return typeof key === 'string' && typeof own === 'string' ? { action, key, value: own } : undefined;
  } catch {
    return undefined;
  }
}
