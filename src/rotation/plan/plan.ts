import { z } from 'zod';
import { Person } from '../../chat/request.js';
import { DeployToken, Variable } from '../../gitlab/schema.js';
import type { Consumer } from './consumers.js';

const OwnerSchema = z.object({ kind: z.enum(['project', 'group']), id: z.int(), path: z.string() });

/** A variable as a plan keeps it: without its value. */
export const PlannedWrite = z.object({
  owner: OwnerSchema,
  variable: Variable.omit({ value: true }),
  carries: z.enum(['username', 'password', 'docker-config']),
  because: z.string(),
});
export type PlannedWrite = z.infer<typeof PlannedWrite>;

/** What a rotation will do, before it does anything. Holds no secret: it stands in Redis and in the chat. */
export const RotationPlan = z.object({
  id: z.string(),
  instance: z.string(),
  asker: Person,
  owner: OwnerSchema,
  old: DeployToken,
  writes: z.array(PlannedWrite),
  /** Repository that the new token is proven on; `isNew` when the proof leaves an empty one behind. */
  probe: z.object({ repository: z.string(), isNew: z.boolean() }),
  /** What Registrar can't see or do, said plainly. */
  unknown: z.array(z.string()),
  /** Why the token should be rotated, where that is known. */
  reasons: z.array(z.string()),
});
export type RotationPlan = z.infer<typeof RotationPlan>;

/** A rotation's steps, in order. */
export const STEPS = ['create', 'prove', 'rewrite', 'revoke'] as const;
export type StepName = (typeof STEPS)[number];

/** How long a plan may be confirmed. Seconds. */
export const PLAN_SECONDS = 600;

/** What is known of the old token when a rotation ends. */
export const OldToken = z.enum(['in force', 'revoked', 'unknown']);
export type OldToken = z.infer<typeof OldToken>;

/** Scopes that make a deploy token one of the registry's. */
const REGISTRY_SCOPES = ['read_registry', 'write_registry'];

/** Deploy tokens that a rotation is about: those for the registry that are not revoked. Pure. */
export function registryTokens(tokens: readonly DeployToken[]): DeployToken[] {
  return tokens.filter(({ revoked, scopes }) => !revoked && scopes.some((scope) => REGISTRY_SCOPES.includes(scope)));
}

/** The tokens that a person's word may mean: an id, a name or a username. Pure. */
export function matchTokens(tokens: readonly DeployToken[], word: string): DeployToken[] {
  const byId = tokens.filter(({ id }) => String(id) === word);
  return byId.length > 0 ? byId : tokens.filter(({ name, username }) => name === word || username === word);
}

/** Has the token expired? GitLab counts from 00:00 UTC of the date, and its own flag lags behind. Pure. */
export function isExpired({ expires_at }: DeployToken, now: number): boolean {
  return expires_at != null && Date.parse(expires_at) <= now;
}

export function plannedWrite({ owner, variable: { value: _, ...flags }, carries, because }: Consumer): PlannedWrite {
  return { owner, variable: flags, carries, because };
}

/** `gitlab+deploy-token-7` is GitLab's own choice; any other username is somebody's, and is kept. Pure. */
export function keptUsername({ id, username }: DeployToken): string | undefined {
  return username === `gitlab+deploy-token-${id}` ? undefined : username;
}
