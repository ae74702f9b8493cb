import { z } from 'zod';
import type { Policy } from '../../config/rotation.js';
import type { Target } from '../bulk/bulk.js';
import { type Birth, countsFrom } from './age.js';

/** What a policy announced, and when it is due. Days are UTC's, YYYY-MM-DD. Pure. */

const DAY_MS = 86_400_000;
/** An announcement that came to nothing for so long (no worker, the policy taken out for a while) is made anew. Days. */
const STALE_DAYS = 7;

const Day = z.iso.date();

/** Tokens that are announced together, and replaced together. */
export const Batch = z.object({
  due: Day,
  /** As {@link keyOf} has them. */
  tokens: z.array(z.string()),
  /** Those that the announcement names. */
  told: z.array(z.string()).optional(),
  /** The last run. `started`: its jobs are in the queue. */
  run: z.object({ day: Day, bulkId: z.string(), started: z.boolean() }).optional(),
});
export type Batch = z.infer<typeof Batch>;

export const PolicyState = z.object({ lookedOn: Day.optional(), batches: z.array(Batch) });
export type PolicyState = z.infer<typeof PolicyState>;

/** A token that a policy means, and when it was made. */
export interface Aged {
  target: Target;
  birth: Birth;
}

/** `deploy:7` */
export function keyOf({ token: { kind, id } }: Target): string {
  return `${kind}:${id}`;
}

export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * The batches of today. What is due within the notice joins the batch of its last day: nothing is replaced that was not
 * announced so long before, also where the policy is new or nobody could look for some days. `runId`: of the bulk
 * of a day; `isRunning`: is that bulk under way?
 */
export function nextBatches(
  { batches }: PolicyState,
  found: readonly Aged[],
  { everyDays, notifyDays }: Pick<Policy, 'everyDays' | 'notifyDays'>,
  now: number,
  { runId, isRunning }: { runId(due: string, day: string): string; isRunning(bulkId: string): boolean },
): Batch[] {
  const today = dayOf(now);
  const dueDays = new Map(
    found.map(({ target, birth }) => [keyOf(target), dayOf(countsFrom(birth) + everyDays * DAY_MS)]),
  );
  const kept = batches.flatMap((batch): Batch[] => {
    if (batch.run !== undefined && (!batch.run.started || isRunning(batch.run.bulkId))) return [batch];
    if (batch.run === undefined && batch.due < dayOf(now - STALE_DAYS * DAY_MS)) return [];
    // Gone, or not due so soon any more, by another everyDays.
    const tokens = batch.tokens.filter((key) => (dueDays.get(key) ?? '9999') <= batch.due);
    return tokens.length === 0 ? [] : [{ ...batch, tokens }];
  });
  const taken = new Set(kept.flatMap(({ tokens }) => tokens));
  const horizon = dayOf(now + notifyDays * DAY_MS);
  const fresh = [...dueDays].filter(([key, due]) => due <= horizon && !taken.has(key)).map(([key]) => key);
  const open = kept.find(({ due, run }) => due === horizon && run === undefined);
  const joined =
    fresh.length === 0
      ? kept
      : open === undefined
        ? [...kept, { due: horizon, tokens: fresh }]
        : kept.map((one) => (one === open ? { ...open, tokens: [...open.tokens, ...fresh] } : one));
  return joined.map((batch) =>
    runsToday(batch, today, isRunning)
      ? { ...batch, run: { day: today, bulkId: runId(batch.due, today), started: false } }
      : batch,
  );
}

/** Once a day at most: one that failed has its next turn tomorrow. */
function runsToday({ due, run }: Batch, today: string, isRunning: (bulkId: string) => boolean): boolean {
  if (due > today) return false;
  return run === undefined || (run.started && run.day !== today && !isRunning(run.bulkId));
}
