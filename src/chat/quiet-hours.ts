import type { QuietHours } from '../config/quiet-hours.js';

const DAY = 1440;
const MINUTE_MS = 60_000;

/** Until when it is quiet, in milliseconds since the epoch; `undefined`: it is not. Pure. */
export function quietUntil(now: number, { from, to, zone }: QuietHours): number | undefined {
  const [begin, end, at] = [minutesOf(from), minutesOf(to), localMinutes(now, zone)];
  const isQuiet = begin < end ? at >= begin && at < end : at >= begin || at < end;
  if (!isQuiet) return undefined;
  const startOfMinute = now - (now % MINUTE_MS);
  const until = startOfMinute + ((end - at + DAY) % DAY) * MINUTE_MS;
  // Where the clocks are changed in between, the end is an hour off: what is missing is at most half a day.
  const off = ((end - localMinutes(until, zone) + DAY + DAY / 2) % DAY) - DAY / 2;
  return until + off * MINUTE_MS;
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

function localMinutes(ms: number, timeZone: string): number {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return minutesOf(clock.format(ms));
}
