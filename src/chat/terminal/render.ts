import picocolors from 'picocolors';
import type { Answer, AnswerPart, Mark } from '../answer.js';
import { merged, spokenAvailability, type Timeline, utc } from '../availability.js';
import { UNOPENED } from '../secret.js';
import { drawTimes, zoned } from '../times.js';
import { UNSEEN } from '../unseen.js';
import { sparkline } from './sparkline.js';

type Colors = ReturnType<typeof picocolors.createColors>;

const SIGN: Record<Mark, string> = { pass: '✔', warn: '⚠', fail: '✘', skipped: '–', info: '·', running: '…' };

/** Buttons that the text offers, in the order of their numbers. */
export interface Offer {
  label: string;
  action: string;
  value: string;
}

/**
 * Draws an answer for a terminal. Pure. Control characters in foreign text are shown as what they are, so that a log
 * can't move the cursor or change the window's title.
 */
export function renderTerminal(
  { mark, title, parts }: Answer,
  options: { color: boolean; width: number; zone?: string },
): { text: string; offers: Offer[] } {
  const colors = picocolors.createColors(options.color);
  const offers: Offer[] = [];
  const said = (text: string) =>
    drawTimes(
      safe(text),
      (words) => words,
      (ms) => zoned(ms, options.zone),
    );
  const lines = wrap(said(title), options.width - 2, '').map((line, at) =>
    at === 0 ? `${sign(mark, colors)} ${colors.bold(line)}` : `  ${colors.bold(line)}`,
  );
  for (const part of parts) lines.push(...draw(part, colors, options.width, offers, said));
  return { text: lines.join('\n'), offers };
}

function draw(
  part: AnswerPart,
  colors: Colors,
  width: number,
  offers: Offer[],
  said: (text: string) => string,
): string[] {
  switch (part.kind) {
    case 'text':
      return wrap(said(part.text), width, '  ');
    case 'chain':
      return fitted(
        [{ name: 'client', mark: 'pass' as const }, ...part.links].map(({ name, mark }, at) => ({
          length: safe(name).length + (at === 0 ? 2 : 5),
          drawn: `${at === 0 ? '' : '→ '}${safe(name)} ${sign(mark, colors)}`,
        })),
        ' ',
        width,
      );
    case 'rows': {
      const pad = Math.min(16, Math.max(...part.rows.map(({ name }) => name.length), 4));
      return part.rows.flatMap(({ mark, name, text, fix }) => [
        ...hang(said(name), (label) => `${sign(mark, colors)} ${colors.bold(label)}`, pad, said(text), width - 2).map(
          (line, at) => (at === 0 ? line : `  ${line}`),
        ),
        ...(fix === undefined
          ? []
          : wrap(`→ ${safe(fix)}`, width, ' '.repeat(pad + 3)).map((line) => colors.cyan(line))),
      ]);
    }
    case 'facts':
      return part.facts.flatMap(({ label, text }) => hang(safe(label), colors.dim, 10, said(text), width));
    case 'evidence':
      return part.lines.flatMap(({ line, text }) =>
        hang(`line ${line}`, colors.dim, 10, safe(text), width).map((one) => colors.yellow(one)),
      );
    case 'code':
      return safe(part.text)
        .split('\n')
        .map((line) => `    ${colors.cyan(line)}`);
    case 'file':
      return [
        colors.dim(`  ── ${safe(part.name)}`),
        ...safe(part.text)
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`),
      ];
    case 'secret':
      return [`  ${UNOPENED}`];
    case 'note':
      return safe(part.markdown)
        .split('\n')
        .flatMap((line) => (line.trim() === '' ? [''] : wrap(line, width, '  │ ')));
    case 'timeline':
      return timeline(part, colors, width, said);
    case 'link':
      // In one piece, however narrow the terminal is: it is there to be copied.
      return [`  ${safe(part.label)}: ${colors.underline(safe(part.url))}`];
    case 'buttons': {
      const drawn = part.buttons.map(({ label, action, value }) => {
        offers.push({ label, action, value });
        const number = ` ${offers.length} `;
        return { length: number.length + 1 + safe(label).length, drawn: `${colors.inverse(number)} ${safe(label)}` };
      });
      return fitted(drawn, '   ', width);
    }
    case 'footer':
      return wrap(said(part.text), width, '  ').map((line) => colors.dim(line));
  }
}

/** The slots, below each how long it took, and the same in words. A slot that is well is a block: signs stand out. */
function timeline(part: Timeline, colors: Colors, width: number, said: (text: string) => string): string[] {
  const slots = merged(part.slots, width - 2);
  const line = sparkline(slots);
  return [
    `  ${slots.map(({ mark }) => (mark === 'pass' ? colors.green('■') : sign(mark, colors))).join('')}`,
    ...(line === '' ? [] : [`  ${colors.blue(line)}`]),
    ...wrap(said(`${utc(part.from)} to ${utc(part.to)}`), width, '  ').map((one) => colors.dim(one)),
    ...wrap(said(spokenAvailability(part)), width, '  '),
  ];
}

function sign(mark: Mark, colors: Colors): string {
  const paint = {
    pass: colors.green,
    warn: colors.yellow,
    fail: colors.red,
    skipped: colors.dim,
    info: colors.blue,
    running: colors.cyan,
  }[mark];
  return paint(SIGN[mark]);
}

/** Escape sequences and other control characters become visible; tabs and line ends stay. */
function safe(text: string): string {
  return text.replace(UNSEEN, '\u00b7').replaceAll('\t', '  ');
}

/** A label, and the text beside it, its further lines below its first; below a label that leaves it no room. */
function hang(label: string, paint: (label: string) => string, column: number, text: string, width: number): string[] {
  const indent = ' '.repeat(column + 1);
  const below = wrap(text, width, indent);
  if (label.length > column && label.length + 1 + text.length > width) return [paint(label), ...below];
  const [first = '', ...rest] = label.length > column ? [text] : wrap(text, width - column - 1, '');
  return [`${paint(label.padEnd(column))} ${first}`.trimEnd(), ...rest.map((line) => `${indent}${line}`)];
}

/** Pieces in as many lines as they need, each in one. */
function fitted(pieces: readonly { length: number; drawn: string }[], between: string, width: number): string[] {
  const lines: { length: number; drawn: string }[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    const length = (last?.length ?? 0) + between.length + piece.length;
    if (last === undefined || length > width - 2) lines.push({ ...piece });
    else Object.assign(last, { length, drawn: `${last.drawn}${between}${piece.drawn}` });
  }
  return lines.map(({ drawn }) => `  ${drawn}`);
}

function wrap(text: string, width: number, indent: string): string[] {
  const room = Math.max(20, width - indent.length);
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let rest = line;
    while (rest.length > room) {
      const space = rest.lastIndexOf(' ', room);
      const end = space > room / 2 ? space : room;
      lines.push(`${indent}${rest.slice(0, end)}`);
      rest = rest.slice(end).trimStart();
    }
    lines.push(`${indent}${rest}`);
    return lines;
  });
}
