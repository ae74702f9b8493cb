import { z } from 'zod';

/** What we read of GitLab's answers: only the fields used, loose towards the rest. */

export const Project = z.object({
  id: z.int(),
  path_with_namespace: z.string(),
  container_registry_access_level: z.string().optional(),
  /** Absent when the instance has no registry. */
  container_registry_image_prefix: z.string().nullish(),
  visibility: z.string().optional(),
  /** May everybody who sees the project read its jobs' logs? */
  public_jobs: z.boolean().optional(),
  archived: z.boolean().optional(),
  /** A date: marked for deletion, and deleted some days later. */
  marked_for_deletion_on: z.string().nullish(),
  namespace: z.object({ id: z.int(), kind: z.string(), full_path: z.string() }).optional(),
});
export type Project = z.infer<typeof Project>;

export const Group = z.object({ id: z.int(), full_path: z.string(), parent_id: z.int().nullish() });
export type Group = z.infer<typeof Group>;

export const Repository = z.object({ id: z.int(), path: z.string() });
export type Repository = z.infer<typeof Repository>;

export const Tag = z.object({ name: z.string(), created_at: z.string().nullish() });
export type Tag = z.infer<typeof Tag>;

/** Who may push under a name; `null`: no rule for pushes. */
const Minimum = z.string().nullish();
/** `*` stands for anything, case does not count. */
export const RepositoryRule = z.object({
  repository_path_pattern: z.string(),
  minimum_access_level_for_push: Minimum,
});
export type RepositoryRule = z.infer<typeof RepositoryRule>;
/** RE2, not anchored. Rules that make tags immutable are not in the REST API's list. */
export const TagRule = z.object({ tag_name_pattern: z.string(), minimum_access_level_for_push: Minimum });
export type TagRule = z.infer<typeof TagRule>;

/** `inbound_enabled` false: job tokens of every project are let in. */
export const JobTokenScope = z.object({ inbound_enabled: z.boolean() });
/** The list of groups names a group by its page alone: https://GITLAB/groups/FULL/PATH. */
export const ListedGroup = z.object({ web_url: z.string() });

export const DeployToken = z.object({
  id: z.int(),
  name: z.string(),
  username: z.string(),
  /** ISO 8601; counts from 00:00 UTC of the date. The `expired` flag lags: compare it yourself. */
  expires_at: z.string().nullish(),
  revoked: z.boolean().default(false),
  expired: z.boolean().default(false),
  scopes: z.array(z.string()),
});
export type DeployToken = z.infer<typeof DeployToken>;

export const NewDeployToken = DeployToken.extend({ token: z.string().min(1) });
export type NewDeployToken = z.infer<typeof NewDeployToken>;

/** A token of a project or a group: it has a user of its own, a bot that is a member there. */
export const AccessToken = z.object({
  id: z.int(),
  name: z.string(),
  scopes: z.array(z.string()),
  /** The bot's role, a level of {@link ROLES}. */
  access_level: z.int(),
  created_at: z.string(),
  /** ISO 8601; GitLab writes it at most once in a while, so it may lag by minutes. */
  last_used_at: z.string().nullish(),
  /** A date, YYYY-MM-DD: refused from its 00:00 UTC. */
  expires_at: z.string().nullish(),
  /** Neither revoked nor expired. */
  active: z.boolean(),
  revoked: z.boolean(),
  user_id: z.int(),
});
export type AccessToken = z.infer<typeof AccessToken>;

export const NewAccessToken = AccessToken.extend({ token: z.string().min(1) });
export type NewAccessToken = z.infer<typeof NewAccessToken>;

/** What an access token, of whatever kind, is told about itself. */
export const OwnToken = AccessToken.pick({
  ...{ id: true, name: true, scopes: true, user_id: true, active: true, created_at: true, expires_at: true },
});
export type OwnToken = z.infer<typeof OwnToken>;

/** A personal access token as lists have it. */
export const ListedToken = AccessToken.pick({ id: true, name: true, last_used_at: true });
export type ListedToken = z.infer<typeof ListedToken>;

export const NewPersonalToken = AccessToken.pick({ id: true }).extend({ token: z.string().min(1) });
export type NewPersonalToken = z.infer<typeof NewPersonalToken>;

export const Variable = z.object({
  key: z.string(),
  /** `null` for a hidden variable: it can be written, never read. */
  value: z.string().nullable(),
  variable_type: z.string().default('env_var'),
  protected: z.boolean().default(false),
  masked: z.boolean().default(false),
  hidden: z.boolean().default(false),
  raw: z.boolean().default(false),
  environment_scope: z.string().default('*'),
  description: z.string().nullish(),
});
export type Variable = z.infer<typeof Variable>;

export const User = z.object({
  id: z.int(),
  username: z.string(),
  state: z.string().optional(),
  is_admin: z.boolean().optional(),
  /** Sees no internal project; told to administrators only. */
  external: z.boolean().optional(),
});
export type User = z.infer<typeof User>;

export const Member = z.object({ access_level: z.int() });

export const Metadata = z.object({ version: z.string(), enterprise: z.boolean().optional() });

/** The instance's own settings: an administrator's. */
export const Settings = z.object({ container_registry_token_expire_delay: z.number() });

export const PersonalToken = z.object({
  id: z.int(),
  name: z.string().optional(),
  scopes: z.array(z.string()),
  expires_at: z.string().nullish(),
  active: z.boolean().optional(),
});
export type PersonalToken = z.infer<typeof PersonalToken>;

export const Job = z.object({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  web_url: z.string(),
  pipeline: z.object({ id: z.int() }).optional(),
  /** Who started it. */
  user: User.nullish(),
});
export type Job = z.infer<typeof Job>;

/** A job as a list has it. */
export const EndedJob = z.object({ id: z.int(), finished_at: z.string().nullish() });
export type EndedJob = z.infer<typeof EndedJob>;

export const Webhook = z.object({
  id: z.int(),
  /** It may hold a password. */
  url: z.string(),
  created_at: z.string().nullish(),
  job_events: z.boolean().default(false),
  /** `temporarily_disabled`: until `disabled_until`; `disabled`: until a test comes through. */
  alert_status: z.enum(['executable', 'temporarily_disabled', 'disabled']).catch('executable'),
  disabled_until: z.string().nullish(),
});
export type Webhook = z.infer<typeof Webhook>;

/** Where a variable or token lives. */
export interface Owner {
  kind: 'project' | 'group';
  id: number;
  path: string;
}

/** Where a variable lives: the instance has some too, for every job of every project. */
export interface Holder extends Omit<Owner, 'kind'> {
  kind: Owner['kind'] | 'instance';
}

/** https://docs.gitlab.com/api/members/#roles */
export const ROLES = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;
export type Role = keyof typeof ROLES;

/** The role that a level amounts to, as a word. Pure. */
export function roleName(level: number): string {
  const known = Object.entries(ROLES).findLast(([, value]) => value <= level);
  return known?.[0] ?? 'a guest';
}
