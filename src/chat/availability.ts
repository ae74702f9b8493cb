import type { AnswerPart, Mark } from './answer.js';

/** What a timeline says in numbers and words: the same in a picture, in Slack's text and in a terminal. Pure. */

export type Timeline = Extract<AnswerPart, { kind: 'timeline' }>;
export type Slot = Timeline['slots'][number];

/** The worst first. That nobody looked says less than any look. */
const WORST: readonly Mark[] = ['fail', 'warn', 'pass', 'running', 'info', 'skipped'];
/** Longer than any time limit of a look; what is beyond it is no latency. Milliseconds. */
const LONGEST_MS = 3_600_000;

export interface Availability {
  /** Slots with a verdict; a warning still works. */
  looked: number;
  broken: number;
  unseen: number;
  /** `97.4 %` of the slots with a verdict; never `100 %` when one was broken. */
  worked?: string;
  /** When the last broken slot began. Milliseconds since the epoch. */
  lastBroken?: number;
  /** Milliseconds. */
  median?: number;
  max?: number;
}

export function availability({ from, to, slots }: Timeline): Availability {
  const looked = slots.filter(({ mark }) => mark === 'pass' || mark === 'warn' || mark === 'fail').length;
  const broken = slots.filter(({ mark }) => mark === 'fail').length;
  const last = slots.findLastIndex(({ mark }) => mark === 'fail');
  const times = slots.flatMap((slot) => latency(slot) ?? []).sort((a, b) => a - b);
  const median = times[Math.floor((times.length - 1) / 2)];
  const max = times.at(-1);
  return {
    looked,
    broken,
    unseen: slots.length - looked,
    ...(looked === 0 ? {} : { worked: `${Math.floor(((looked - broken) / looked) * 1000) / 10} %` }),
    ...(last < 0 ? {} : { lastBroken: Math.round(from + (last * (to - from)) / slots.length) }),
    ...(median === undefined ? {} : { median }),
    ...(max === undefined ? {} : { max }),
  };
}

/** One sentence, without a full stop. */
export function spokenAvailability(timeline: Timeline): string {
  const { looked, broken, unseen, worked, lastBroken, median, max } = availability(timeline);
  if (worked === undefined) return 'nobody looked';
  const words = [`worked in ${worked} of ${looked} ${looked === 1 ? 'slot' : 'slots'}`];
  words.push(lastBroken === undefined ? 'none broken' : `${broken} broken, the last at ${utc(lastBroken)}`);
  if (unseen > 0) words.push(`${unseen} in which nobody looked`);
  if (median !== undefined && max !== undefined)
    words.push(`answered in ${duration(median)} (median), ${duration(max)} at most`);
  return words.join('; ');
}

/** At most so many slots: neighbours become one, with the worst mark and the longest latency of them. */
export function merged(slots: readonly Slot[], most: number): Slot[] {
  if (slots.length <= most) return [...slots];
  return Array.from({ length: most }, (_, index) => {
    const few = slots.slice(Math.floor((index * slots.length) / most), Math.floor(((index + 1) * slots.length) / most));
    const mark = WORST.find((one) => few.some((slot) => slot.mark === one)) ?? 'skipped';
    const times = few.flatMap((slot) => latency(slot) ?? []);
    return times.length === 0 ? { mark } : { mark, ms: Math.max(...times) };
  });
}

/** `undefined` where nothing answered. */
export function latency({ ms }: Slot): number | undefined {
  return ms === undefined ? undefined : Math.min(Math.max(ms, 0), LONGEST_MS);
}

/** `2026-03-01 12:05 UTC` */
export function utc(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'unknown time' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `120 ms`, `1.4 s` */
export function duration(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 99_950 ? 1 : 0)} s`;
}
