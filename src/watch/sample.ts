import { z } from 'zod';
import type { Look } from '../checks/gather/look.js';
import { headline } from '../checks/report.js';
import { problemsOf } from './problem.js';

/** What is kept of a look for weeks. */
export const Sample = z.object({
  /** Milliseconds since the epoch. */
  at: z.int(),
  mark: z.enum(['pass', 'warn', 'fail']),
  /** How long the registry took to answer. Milliseconds. */
  ms: z.number().optional(),
  /** Checks that were wrong by themselves. */
  wrong: z.array(z.string()),
  /** Free space. Bytes. */
  free: z.number().optional(),
  /** Nobody was to be told: maintenance. */
  quiet: z.literal(true).optional(),
});
export type Sample = z.infer<typeof Sample>;

/** Pure. */
export function sampleOf({ at, results, latency, freeBytes }: Look, quiet: boolean): Sample {
  const { mark } = headline('', results);
  return {
    at,
    mark: mark === 'fail' || mark === 'warn' ? mark : 'pass',
    ...(latency.registry === undefined ? {} : { ms: Math.round(latency.registry) }),
    wrong: problemsOf(results).map(({ id }) => id),
    ...(freeBytes === undefined ? {} : { free: freeBytes }),
    ...(quiet ? { quiet: true } : {}),
  };
}

/** The growth of the storage is judged by so many days. Milliseconds. */
export const GROWTH_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;

/** The free space of earlier looks, one value a day: enough to see the pace. Pure. */
export function freeSpaceOf(samples: readonly Sample[]): { at: number; bytes: number }[] {
  const days = new Map<number, { at: number; bytes: number }>();
  for (const { at, free } of samples) {
    const day = Math.floor(at / DAY_MS);
    if (free !== undefined && !days.has(day)) days.set(day, { at, bytes: free });
  }
  return [...days.values()];
}
