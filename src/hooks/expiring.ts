import { z } from 'zod';
import { ProjectPath } from '../gitlab/path.js';

/**
 * What GitLab's webhooks tell of tokens that expire soon. Pure. Source:
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#project-and-group-access-token-events and
 * #project-and-group-deploy-token-events
 */

/** `2026-08-03 07:57:25 UTC`, `2026-08-03T07:57:25.000Z` or a date: as ISO 8601. */
const Time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})? ?(?:UTC|Z))?$/)
  .transform((text) => text.replace(' UTC', 'Z').replace(' ', 'T'))
  .refine((text) => !Number.isNaN(Date.parse(text)));

const Hook = z.object({
  object_kind: z.enum(['deploy_token', 'access_token']),
  event_name: z.string(),
  object_attributes: z.object({
    id: z.int().positive(),
    name: z.string().max(255),
    expires_at: Time,
    created_at: Time.optional().catch(undefined),
  }),
  project: z.object({ id: z.int().positive(), path_with_namespace: ProjectPath }).optional(),
  /** Some versions name a group by the last part of its path alone. */
  group: z.object({ group_id: z.int().positive(), full_path: ProjectPath.optional() }).optional(),
});

/** A token that expires soon, as the hook tells of it. */
export const ExpiringToken = z.object({
  kind: z.enum(['deploy', 'access']),
  id: z.int(),
  name: z.string(),
  owner: z.object({ kind: z.enum(['project', 'group']), id: z.int(), path: ProjectPath }),
  /** ISO 8601; counts from 00:00 UTC of the date. */
  expiresAt: z.string(),
  /** ISO 8601: what GitLab's API does not tell of a deploy token. */
  createdAt: z.string().optional(),
});
export type ExpiringToken = z.infer<typeof ExpiringToken>;

export type ExpiringReading =
  | { is: 'expiring-token'; token: ExpiringToken }
  | { is: 'nothing'; why: string }
  | { is: 'not-understood' };

/** The kinds of hooks that {@link readExpiring} understands. */
export function isTokenKind(kind: string): boolean {
  return Hook.shape.object_kind.safeParse(kind).success;
}

/** Reads a verified hook of such a kind. */
export function readExpiring(value: unknown): ExpiringReading {
  const hook = Hook.safeParse(value);
  if (!hook.success) return { is: 'not-understood' };
  const { object_kind, event_name, object_attributes: of, project, group } = hook.data;
  if (!event_name.startsWith('expiring_')) return { is: 'nothing', why: `${event_name} is nothing that expires` };
  if (project === undefined && group === undefined) return { is: 'not-understood' };
  if (project === undefined && group?.full_path === undefined)
    return { is: 'nothing', why: 'this GitLab does not tell the group’s full path' };
  const owner: ExpiringToken['owner'] =
    project === undefined
      ? { kind: 'group', id: group?.group_id ?? 0, path: group?.full_path ?? '' }
      : { kind: 'project', id: project.id, path: project.path_with_namespace };
  const token: ExpiringToken = {
    kind: object_kind === 'deploy_token' ? 'deploy' : 'access',
    id: of.id,
    name: of.name,
    owner,
    expiresAt: of.expires_at,
    ...(of.created_at === undefined ? {} : { createdAt: of.created_at }),
  };
  return { is: 'expiring-token', token };
}

const DAY_MS = 86_400_000;
/** So long before GitLab warns. Days. */
const WARNINGS = [1, 7, 30, 60] as const;

/** Whole days until the token is refused; 0: today, negative: it is refused already. */
export function daysLeft({ expiresAt }: Pick<ExpiringToken, 'expiresAt'>, now: number): number {
  const day = (time: number) => Math.floor(time / DAY_MS);
  return day(Date.parse(expiresAt)) - day(now);
}

/** Which of GitLab's warnings this is: each is told once, whoever sends it and however often. Days. */
export function warningOf(token: Pick<ExpiringToken, 'expiresAt'>, now: number): number {
  const left = daysLeft(token, now);
  return WARNINGS.find((days) => left <= days) ?? left;
}
