import { z } from 'zod';
import { Person } from '../../chat/request.js';
import { Variable } from '../../gitlab/schema.js';
import type { Consumer } from './consumers.js';

/** Where a token lives. */
export const OwnerSchema = z.object({ kind: z.enum(['project', 'group']), id: z.int(), path: z.string() });

/** A token that is to be replaced, of either kind, without its secret. */
export const RotatedToken = z.object({
  kind: z.enum(['deploy', 'access']),
  id: z.int(),
  name: z.string(),
  /** Half of a deploy token's login; an access token's takes any name. */
  username: z.string().optional(),
  scopes: z.array(z.string()),
  /** ISO 8601; counts from 00:00 UTC of the date. */
  expires_at: z.string().nullish(),
  /** An access token's role. */
  access_level: z.int().optional(),
  /** When it was made; of a deploy token the latest time that it may have been, where that is known. ISO 8601. */
  created_at: z.string().optional(),
});
export type RotatedToken = z.infer<typeof RotatedToken>;

/** A variable as a plan keeps it: without its value, but with a keyed digest that shows whether it was changed. */
export const PlannedWrite = z.object({
  owner: z.object({ kind: z.enum(['project', 'group', 'instance']), id: z.int(), path: z.string() }),
  variable: Variable.omit({ value: true }),
  carries: z.enum(['password', 'docker-config', 'registry-url']),
  because: z.string(),
  /** `null` for a hidden variable, which nobody can compare. */
  digest: z.string().nullable(),
});
export type PlannedWrite = z.infer<typeof PlannedWrite>;

/** What a rotation will do, before it does anything. It stands in Redis; the only secret in it is sealed. */
export const RotationPlan = z.object({
  id: z.string(),
  instance: z.string(),
  asker: Person,
  owner: OwnerSchema,
  old: RotatedToken,
  /** Username that the new deploy token is given; left out: GitLab's own choice. */
  username: z.string().optional(),
  writes: z.array(PlannedWrite),
  /** Names of the consumers outside this GitLab. */
  outside: z.array(z.string()),
  /**
   * Repository that the new token is proven on; `isNew` when the proof leaves an empty one behind; `push`: where a tiny
   * image is pushed besides.
   */
  probe: z.object({ repository: z.string().optional(), isNew: z.boolean().optional(), push: z.string().optional() }),
  /** Addresses that the registry had before. */
  formerUrls: z.array(z.string()),
  /** The old token is revoked when it was silent for so long. Hours; 0: at once. */
  quietHours: z.number(),
  /** Why its use can't be seen, where that is known beforehand. */
  unseen: z.string().optional(),
  /** The old token's secret, sealed, where a variable gave it away: to find its copies, and to see it refused. */
  oldSecret: z.string().optional(),
  /** The asker wants to see the new secret. */
  reveal: z.boolean(),
  /** What Registrar can't see or do, said plainly. */
  unknown: z.array(z.string()),
  /** Why the token should be rotated, where that is known. */
  reasons: z.array(z.string()),
});
export type RotationPlan = z.infer<typeof RotationPlan>;

/** A rotation's steps, in order. */
export const STEPS = ['create', 'prove', 'rewrite', 'wait', 'revoke'] as const;
export type StepName = (typeof STEPS)[number];

/** How long a plan may be confirmed. Seconds. */
export const PLAN_SECONDS = 600;

/** What is known of the old token when a rotation ends. */
export const OldToken = z.enum(['in force', 'revoked', 'unknown']);
export type OldToken = z.infer<typeof OldToken>;

export function plannedWrite(
  { owner, variable: { value, ...flags }, carries, because }: Consumer,
  digest: (value: string) => string,
): PlannedWrite {
  return { owner, variable: flags, carries, because, digest: value === null ? null : digest(value) };
}

/** In people's words, with its number. Pure. */
export function tokenWords({ kind, id }: Pick<RotatedToken, 'kind' | 'id'>): string {
  return `${kind} token ${id}`;
}
