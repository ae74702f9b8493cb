import { latency, type Slot } from '../availability.js';

const LEVELS = '▁▂▃▄▅▆▇█';

/** How long each slot took to answer, as a bar a slot; a space where nothing answered. `''` when nothing ever did. Pure. */
export function sparkline(slots: readonly Slot[]): string {
  const times = slots.map(latency);
  const max = Math.max(...times.map((ms) => ms ?? 0), 1);
  return times
    .map((ms) => (ms === undefined ? ' ' : LEVELS[Math.round((ms / max) * (LEVELS.length - 1))]))
    .join('')
    .trimEnd();
}
