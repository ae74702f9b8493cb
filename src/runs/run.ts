import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Mark } from '../chat/answer.js';
import { Person } from '../chat/request.js';

/** One request and what was done for it. */

export const RunId = z
  .string()
  .regex(/^[0-9a-f]{8}$/, 'a run’s id has 8 digits or letters a to f: it stands under its answer');

/** What was asked of the world: without a query, a header or a body. */
export const Call = z.object({
  part: z.enum(['gitlab', 'registry', 'ssh']),
  what: z.string(),
  /** A status, or a word. */
  came: z.string(),
  ms: z.int(),
});
export type Call = z.infer<typeof Call>;

export const Ending = z.enum(['done', 'put-off', 'fault', 'failed', 'expired', 'cancelled']);
export type Ending = z.infer<typeof Ending>;

/** Times are milliseconds since the epoch. */
export const Run = z.object({
  id: z.string(),
  queue: z.string(),
  asked: z.string(),
  /** Who asked, the first one first. */
  people: z.array(Person).min(1),
  begun: z.int(),
  /** How often a worker took it up. */
  attempts: z.int(),
  ended: z.int().optional(),
  ending: Ending.optional(),
  calls: z.array(Call),
  /** More calls than are remembered. */
  made: z.int(),
  said: z.array(z.object({ at: z.int(), mark: Mark, title: z.string() })),
});
export type Run = z.infer<typeof Run>;

/** Short enough to be typed; of some hundred thousand requests a week, two hardly share one. */
export function runId(requestId: string): string {
  return createHash('sha256').update(requestId).digest('hex').slice(0, 8);
}
