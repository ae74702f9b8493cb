import type { Mark } from '../chat/answer.js';
import {
  type Availability,
  availability,
  duration,
  latency,
  type Slot,
  spokenAvailability,
  type Timeline,
  utc,
} from '../chat/availability.js';
import { COLOR, card, FAINT, INK, PAD, RULE, SIGN, WIDTH, words } from './style.js';

/** Room for the latency axis' words; strip and line begin there, so that one stands below the other. */
const LEFT = PAD + 62;
const RIGHT = WIDTH - PAD;
const STRIP = { top: 78, height: 34 };
const PLOT = { top: 134, height: 88 };
const LINE = '#34568b';
/** Signs over broken slots stand at least so far apart. */
const SIGN_GAP = 16;

/** Draws how an instance fared as SVG: the slots, how long its registry took to answer, from when to when. Pure. */
export function timelinePicture(timeline: Timeline): string {
  const { slots, from, to } = timeline;
  const facts = availability(timeline);
  const { max, median } = facts;
  const plotted = max !== undefined && median !== undefined;
  const bottom = plotted ? PLOT.top + PLOT.height : STRIP.top + STRIP.height + 8;
  const body = [...headline(facts), ...strip(slots), ...axis(from, to, bottom)];
  if (plotted) body.push(...curve(slots, max, median));
  const legendTop = bottom + 54;
  body.push(...legend(slots, legendTop));
  if (plotted) body.push(...latencyLegend(max, median, legendTop + 26));
  return card(WIDTH, legendTop + (plotted ? 26 : 0) + PAD, body);
}

/** The timeline in words, for who does not see the picture. Pure. */
export function timelineWords(timeline: Timeline): string {
  return `${utc(timeline.from)} to ${utc(timeline.to)}: ${spokenAvailability(timeline)}`;
}

function headline({ worked, looked, broken, lastBroken }: Availability): string[] {
  if (worked === undefined) return [words(PAD, 44, 22, FAINT, 'Nobody looked', 'font-weight="bold"')];
  const mark: Mark = broken > 0 ? 'fail' : 'pass';
  const said = lastBroken === undefined ? 'none broken' : `${broken} broken, the last ${utc(lastBroken)}`;
  return [
    `<text x="${PAD}" y="46" font-size="14" fill="${FAINT}"><tspan font-size="26" font-weight="bold" fill="${INK}">${worked}</tspan><tspan dx="8">of ${looked} ${looked === 1 ? 'slot' : 'slots'} worked</tspan></text>`,
    words(RIGHT, 45, 14, COLOR[mark], `${SIGN[mark]} ${said}`, 'text-anchor="end"'),
  ];
}

/** Marks differ in shape as well: broken ones reach out of the strip, nobody's look is a line in its middle. */
function bar(mark: Mark, x: number, width: number, top: number, height: number): string {
  const nobody: [number, number] = [top + height / 2 - 2, 4];
  const shapes: Record<Mark, [y: number, tall: number]> = {
    pass: [top, height],
    warn: [top + height * 0.4, height * 0.6],
    fail: [top - height * 0.15, height * 1.3],
    skipped: nobody,
    info: nobody,
    running: nobody,
  };
  const [y, tall] = shapes[mark];
  return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(tall)}" fill="${COLOR[mark]}"/>`;
}

function strip(slots: readonly Slot[]): string[] {
  const step = (RIGHT - LEFT) / Math.max(slots.length, 1);
  const gap = step > 6 ? 2 : step > 3 ? 1 : 0;
  const drawn = [words(LEFT - 10, STRIP.top + 22, 13, FAINT, 'state', 'text-anchor="end"')];
  let lastSign = Number.NEGATIVE_INFINITY;
  for (const [index, { mark }] of slots.entries()) {
    const x = LEFT + index * step;
    drawn.push(bar(mark, x + gap / 2, step - gap, STRIP.top, STRIP.height));
    const middle = x + step / 2;
    if (mark !== 'fail' || middle - lastSign < SIGN_GAP) continue;
    drawn.push(words(fixed(middle), STRIP.top - 9, 12, COLOR.fail, SIGN.fail, 'text-anchor="middle"'));
    lastSign = middle;
  }
  return drawn;
}

function axis(from: number, to: number, bottom: number): string[] {
  const middle = (LEFT + RIGHT) / 2;
  const tick = (x: number) => `M${x} ${bottom}v5`;
  return [
    `<path d="M${LEFT} ${bottom}H${RIGHT}${tick(LEFT)}${tick(middle)}${tick(RIGHT)}" fill="none" stroke="${FAINT}"/>`,
    words(LEFT, bottom + 20, 12, FAINT, utc(from)),
    words(middle, bottom + 20, 12, FAINT, utc((from + to) / 2), 'text-anchor="middle"'),
    words(RIGHT, bottom + 20, 12, FAINT, utc(to), 'text-anchor="end"'),
  ];
}

function curve(slots: readonly Slot[], max: number, median: number): string[] {
  const top = roundUp(max);
  const step = (RIGHT - LEFT) / slots.length;
  const at = (ms: number) => fixed(PLOT.top + PLOT.height * (1 - ms / top));
  const drawn = [top, top / 2].flatMap((ms) => [
    `<path d="M${LEFT} ${at(ms)}H${RIGHT}" stroke="${RULE}"/>`,
    words(LEFT - 10, at(ms) + 4, 12, FAINT, duration(ms), 'text-anchor="end"'),
  ]);
  drawn.push(words(LEFT - 10, PLOT.top + PLOT.height + 4, 12, FAINT, '0 ms', 'text-anchor="end"'));
  drawn.push(`<path d="M${LEFT} ${at(median)}H${RIGHT}" stroke="${FAINT}" stroke-dasharray="2 4"/>`);
  let path = '';
  let before: number | undefined;
  let highest: string | undefined;
  for (const [index, slot] of slots.entries()) {
    const ms = latency(slot);
    if (ms !== undefined) {
      const x = fixed(LEFT + (index + 0.5) * step);
      // A dot of a line where nobody answered before: a single answer is seen too.
      path += before === undefined ? `M${x} ${at(ms)}h0.1` : `L${x} ${at(ms)}`;
      if (ms === max) highest ??= `<circle cx="${x}" cy="${at(ms)}" r="4" fill="${LINE}"/>`;
    }
    before = ms;
  }
  drawn.push(
    `<path d="${path}" fill="none" stroke="${LINE}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`,
    highest ?? '',
  );
  return drawn;
}

function legend(slots: readonly Slot[], y: number): string[] {
  const count = (...marks: Mark[]) => slots.filter(({ mark }) => marks.includes(mark)).length;
  const entries: [Mark, string][] = [
    ['pass', `${count('pass')} ok`],
    ['warn', `${count('warn')} warning`],
    ['fail', `${count('fail')} FAILED`],
    ['skipped', `${count('skipped', 'info', 'running')} nobody looked`],
  ];
  const present = entries.filter(([, said]) => !said.startsWith('0 '));
  return present.flatMap(([mark, said], index) => {
    const x = LEFT + index * 130;
    return [bar(mark, x, 8, y - 11, 13), words(x + 16, y, 13, INK, `${SIGN[mark]} ${said}`)];
  });
}

function latencyLegend(max: number, median: number, y: number): string[] {
  return [
    `<path d="M${LEFT} ${y - 4}h22" stroke="${LINE}" stroke-width="2"/>`,
    words(LEFT + 30, y, 13, INK, 'time to answer'),
    `<path d="M${LEFT + 170} ${y - 4}h22" stroke="${FAINT}" stroke-dasharray="2 4"/>`,
    words(LEFT + 200, y, 13, INK, `median ${duration(median)}`),
    `<circle cx="${LEFT + 360}" cy="${y - 4}" r="4" fill="${LINE}"/>`,
    words(LEFT + 372, y, 13, INK, `max ${duration(max)}`),
  ];
}

/** The next 1, 2 or 5 with zeros: an axis that can be read. */
function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 1)));
  return [1, 2, 5].map((digit) => digit * power).find((one) => one >= ms) ?? 10 * power;
}

/** Coordinates with two decimals: more only makes the picture larger. */
function fixed(value: number): number {
  return Math.round(value * 100) / 100;
}
