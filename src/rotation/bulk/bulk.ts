import { z } from 'zod';
import { OwnerSchema, RotatedToken } from '../plan/plan.js';

/** Which of the tokens in a place are to be replaced. */
export const Filter = z.discriminatedUnion('is', [
  /** Older than the registry's present address. */
  z.object({ is: z.literal('stale') }),
  z.object({ is: z.literal('expired') }),
  /** Expiring within so many days, expired ones included. */
  z.object({ is: z.literal('expiring'), days: z.int().min(1).max(365) }),
  /** So many days old; a policy of the configuration judges that itself. */
  z.object({ is: z.literal('aged'), days: z.int().min(1).max(365) }),
]);
export type Filter = z.infer<typeof Filter>;

/** A token of a bulk, and where it lives. */
export const Target = z.object({ owner: OwnerSchema, parentId: z.int().optional(), token: RotatedToken });
export type Target = z.infer<typeof Target>;

/** Many rotations that are asked for, approved, and watched as one. Holds no secret. */
export const Bulk = z.object({
  id: z.string(),
  instance: z.string(),
  /** A project or a group; left out: the whole instance. */
  path: z.string().optional(),
  filter: Filter,
  /** From where to where the registry moved, where that is the reason. */
  moved: z.object({ from: z.string(), to: z.string() }).optional(),
  targets: z.array(Target),
  /** What could not be looked at, in people's words. */
  unknown: z.array(z.string()),
  /** Milliseconds since the epoch. */
  at: z.int(),
});
export type Bulk = z.infer<typeof Bulk>;

/** Somebody of the configuration's rotation.people, as GitLab knows them. */
export const Rotator = z.object({ id: z.int(), username: z.string() });
export type Rotator = z.infer<typeof Rotator>;

/** `dropped`: before anything began. `cancelled`: what has begun is carried to its end, the rest is skipped. */
export const STATES = ['planned', 'asked', 'dropped', 'running', 'paused', 'cancelled', 'ended'] as const;
export type BulkState = (typeof STATES)[number];

/** What became of one token. */
export const Result = z.discriminatedUnion('is', [
  z.object({ is: z.literal('done'), fresh: z.int() }),
  /** In use everywhere; the old one is listened for. */
  z.object({ is: z.literal('waiting') }),
  z.object({ is: z.literal('failed'), why: z.string(), next: z.string() }),
  z.object({ is: z.literal('skipped'), why: z.string() }),
]);
export type Result = z.infer<typeof Result>;

export type Tally = Record<Result['is'] | 'open', number>;

/** How far a bulk is. Pure. */
export function tallyOf({ targets }: Pick<Bulk, 'targets'>, results: ReadonlyMap<number, Result>): Tally {
  const tally: Tally = { done: 0, waiting: 0, failed: 0, skipped: 0, open: 0 };
  for (const index of targets.keys()) tally[results.get(index)?.is ?? 'open'] += 1;
  return tally;
}

/**
 * Indices in the order in which they have their turn: of one project or group one token at a time is replaced, so its
 * next ones come after the first ones of all others. Pure.
 */
export function inTurns(targets: readonly Pick<Target, 'owner'>[]): number[] {
  const before = new Map<string, number>();
  const turns = targets.map(({ owner }, index) => {
    const key = `${owner.kind} ${owner.id}`;
    const turn = before.get(key) ?? 0;
    before.set(key, turn + 1);
    return { index, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn).map(({ index }) => index);
}

/** The part that lives in one group, or in the place of that very path. Pure. */
export function withinGroup(targets: readonly Target[], group: string): Target[] {
  const path = group.toLowerCase();
  return targets.filter(({ owner }) => `${owner.path.toLowerCase()}/`.startsWith(`${path}/`));
}

/** `214 tokens in 131 projects and groups` Pure. */
export function countWords({ targets }: Pick<Bulk, 'targets'>): string {
  const owners = new Set(targets.map(({ owner }) => `${owner.kind} ${owner.id}`)).size;
  const kinds = new Set(targets.map(({ owner }) => owner.kind));
  const noun = kinds.size > 1 ? 'projects and groups' : `${[...kinds][0] ?? 'project'}${owners === 1 ? '' : 's'}`;
  return `${targets.length} token${targets.length === 1 ? '' : 's'} in ${owners} ${noun}`;
}

/** In people's words: `stale`. Pure. */
export function filterWords(filter: Filter): string {
  if (filter.is === 'expiring') return `expiring within ${filter.days} days`;
  if (filter.is === 'aged') return `${filter.days} days old`;
  return filter.is === 'stale' ? 'older than the registry’s address' : 'expired';
}
