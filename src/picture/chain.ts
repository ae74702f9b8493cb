import type { AnswerPart, Mark } from '../chat/answer.js';
import { COLOR, card, INK, PAD, SIGN, WIDTH, WORD, words } from './style.js';

type Chain = Extract<AnswerPart, { kind: 'chain' }>;
type Link = Chain['links'][number];

/** Four in a row: a phone shows the picture at half its width, and the names must be legible there. */
const COLUMNS = 4;
const GAP = 32;
const BOX = (WIDTH - 2 * PAD - (COLUMNS - 1) * GAP) / COLUMNS;
const HEIGHT = 64;
const ROW = HEIGHT + 36;
const NAME_LIMIT = 20;
const NAME_SIZE = 16;
const ARROW = '#7b8794';

/** The broken link is a solid box, seen first; one that nobody looked at has a dashed edge. */
const GROUND: Record<Mark, string> = {
  pass: '#e4f3e9',
  warn: '#fff1cf',
  fail: COLOR.fail,
  skipped: '#eef0f3',
  info: '#e5eefa',
  running: '#e5eefa',
};
const LETTERS: Record<Mark, string> = {
  pass: '#1a5c37',
  warn: '#734700',
  fail: '#ffffff',
  skipped: '#56616e',
  info: '#22508a',
  running: '#22508a',
};

/** Draws the chain between a client and its image as SVG, the broken link in sight. Pure. */
export function chainPicture(chain: Chain): string {
  const links = fromClient(chain);
  const columns = Math.min(links.length, COLUMNS);
  const rows = Math.ceil(links.length / COLUMNS);
  const boxes = links.map((link, index) => box(link, ...place(index)));
  const arrows = links.slice(1).map((_, index) => arrow(index));
  const width = 2 * PAD + columns * BOX + (columns - 1) * GAP;
  return card(width, 2 * PAD + rows * ROW - (ROW - HEIGHT), [...arrows, ...boxes]);
}

/** The chain in words, for who does not see the picture. Pure. */
export function chainWords(chain: Chain): string {
  return fromClient(chain)
    .map(({ name, mark }) => `${name} ${WORD[mark]}`)
    .join(', ');
}

/** Who asks stands at the chain's beginning; that it asked is what is known of it. */
function fromClient({ links }: Chain): Link[] {
  return [{ name: 'client', mark: 'pass' }, ...links];
}

function place(index: number): [x: number, y: number] {
  return [PAD + (index % COLUMNS) * (BOX + GAP), PAD + Math.floor(index / COLUMNS) * ROW];
}

function box({ name, mark }: Link, x: number, y: number): string {
  const letters = [...name];
  const shown = letters.length > NAME_LIMIT ? `${letters.slice(0, NAME_LIMIT - 1).join('')}…` : name;
  const size = Math.min(NAME_SIZE, Math.floor((BOX - 16) / (0.64 * Math.max([...shown].length, 1))));
  const dash = mark === 'skipped' ? ' stroke-dasharray="5 4"' : '';
  const middle = BOX / 2;
  // An svg of its own: nothing that is written in it leaves the box.
  return [
    `<svg x="${x}" y="${y}" width="${BOX}" height="${HEIGHT}">`,
    `<rect x="1" y="1" width="${BOX - 2}" height="${HEIGHT - 2}" rx="8" fill="${GROUND[mark]}" stroke="${COLOR[mark]}" stroke-width="2"${dash}/>`,
    words(middle, 28, size, mark === 'fail' ? LETTERS.fail : INK, shown, 'text-anchor="middle" font-weight="bold"'),
    words(middle, 50, 15, LETTERS[mark], `${SIGN[mark]} ${WORD[mark]}`, 'text-anchor="middle"'),
    '</svg>',
  ].join('');
}

/** From a box to the next one; from the last of a row around to the first of the row below. */
function arrow(index: number): string {
  const [x, y] = place(index);
  const [nextX, nextY] = place(index + 1);
  if (nextY === y) return line(`M${x + BOX + 3} ${y + HEIGHT / 2}H${nextX - 8}`, nextX - 3, y + HEIGHT / 2, 'right');
  const turn = y + HEIGHT + (ROW - HEIGHT) / 2 - 3;
  const middle = nextX + BOX / 2;
  return line(`M${x + BOX / 2} ${y + HEIGHT + 3}V${turn}H${middle}V${nextY - 8}`, middle, nextY - 3, 'down');
}

function line(path: string, x: number, y: number, towards: 'right' | 'down'): string {
  const head = towards === 'right' ? `M${x} ${y}l-10 -6v12z` : `M${x} ${y}l-6 -10h12z`;
  return `<path d="${path}" fill="none" stroke="${ARROW}" stroke-width="2"/><path d="${head}" fill="${ARROW}"/>`;
}
