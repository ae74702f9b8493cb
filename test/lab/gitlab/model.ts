/** The records that the double keeps, in the shape of GitLab's own. */
export type Visibility = 'private' | 'internal' | 'public';
export type RegistryAccess = 'disabled' | 'private' | 'enabled';
/** Guest 10, Reporter 20, Developer 30, Maintainer 40, Owner 50. */
export type AccessLevel = 10 | 20 | 30 | 40 | 50;
export type ProtectionLevel = 'maintainer' | 'owner' | 'admin';

export interface User {
  readonly kind: 'user';
  readonly id: number;
  username: string;
  readonly email: string;
  password: string | undefined;
  admin: boolean;
  blocked: boolean;
  twoFactor: boolean;
  /** The user of an access token of a project or a group. */
  readonly bot: boolean;
}

export interface Group {
  readonly kind: 'group';
  readonly id: number;
  readonly path: string;
  readonly fullPath: string;
  readonly parent: Group | undefined;
  readonly createdAt: number;
  visibility: Visibility;
}

export interface Project {
  readonly kind: 'project';
  readonly id: number;
  readonly path: string;
  readonly fullPath: string;
  readonly group: Group;
  readonly createdAt: number;
  visibility: Visibility;
  registryAccess: RegistryAccess;
  archived: boolean;
  /** A date, YYYY-MM-DD. */
  markedForDeletion: string | undefined;
  /** Does the list below count? Otherwise job tokens of every project are let in. */
  jobTokenScopeEnabled: boolean;
  /** Ids of the projects whose job tokens may reach this one. */
  readonly jobTokenAllowList: Set<number>;
  /** Ids of the groups whose projects' job tokens may. */
  readonly jobTokenGroups: Set<number>;
}

export type Holder = Project | Group;

export interface Membership {
  readonly holder: Holder;
  readonly user: User;
  readonly level: AccessLevel;
  readonly createdAt: number;
}

export interface PersonalToken {
  readonly id: number;
  readonly name: string;
  readonly user: User;
  readonly token: string;
  readonly scopes: readonly string[];
  /** A date, YYYY-MM-DD: refused from its 00:00 UTC. */
  readonly expiresAt: string | undefined;
  readonly createdAt: number;
  revoked: boolean;
  lastUsedAt: number | undefined;
  /** Of an access token of a project or a group: where it belongs, and its role there. */
  readonly of?: { readonly holder: Holder; readonly level: AccessLevel };
  /** The token that this one was rotated from, and that one from: revoked together. */
  readonly family: number;
}

export const deployTokenScopes = [
  'read_repository',
  'read_registry',
  'write_registry',
  'read_package_registry',
  'write_package_registry',
  'read_virtual_registry',
  'write_virtual_registry',
] as const;

export interface DeployToken {
  readonly id: number;
  readonly name: string;
  readonly username: string;
  readonly token: string;
  readonly holder: Holder;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
  /** Only the double knows it: the API doesn't tell. */
  readonly createdAt: number;
  revoked: boolean;
  /** Issued before the exposed registry URL changed: logins with it are refused. */
  stale: boolean;
}

export interface JobToken {
  readonly token: string;
  readonly project: Project;
  readonly user: User | undefined;
  running: boolean;
}

export interface Variable {
  readonly holder: Holder | 'instance';
  readonly key: string;
  value: string;
  variable_type: 'env_var' | 'file';
  protected: boolean;
  masked: boolean;
  readonly hidden: boolean;
  raw: boolean;
  environment_scope: string;
  description: string | null;
}

export interface ProtectionRule {
  readonly id: number;
  readonly project: Project;
  readonly repository_path_pattern: string;
  readonly minimum_access_level_for_push: ProtectionLevel | null;
  readonly minimum_access_level_for_delete: ProtectionLevel | null;
}

/** RE2, for all repositories of the project. */
export interface TagRule {
  readonly id: number;
  readonly project: Project;
  readonly tag_name_pattern: string;
  readonly minimum_access_level_for_push: ProtectionLevel;
  readonly minimum_access_level_for_delete: ProtectionLevel;
}

export interface Repository {
  readonly id: number;
  readonly project: Project;
  /** Lower case, the whole path: group/project/name. */
  readonly path: string;
  readonly createdAt: number;
  readonly tags: Map<string, { readonly digest: string; readonly createdAt: number; readonly totalSize: number }>;
}

export interface Job {
  readonly id: number;
  readonly project: Project;
  readonly name: string;
  readonly stage: string;
  readonly ref: string;
  readonly user: User | undefined;
  readonly createdAt: number;
  status: string;
  failureReason: string | undefined;
  trace: string;
}

export interface NewJob {
  readonly id?: number;
  readonly name?: string;
  readonly stage?: string;
  readonly ref?: string;
  readonly status?: string;
  readonly failureReason?: string;
  readonly user?: User;
  readonly createdAt?: number;
  readonly trace?: string;
}

export interface AuditEvent {
  readonly id: number;
  readonly holder: Holder;
  readonly author: User;
  readonly eventName: string;
  readonly message: string;
  readonly createdAt: number;
}
