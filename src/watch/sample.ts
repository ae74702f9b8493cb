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
