import { createHash, randomBytes } from 'node:crypto';
import { isoDate } from './iso-date.js';
import type {
  AccessLevel,
  AuditEvent,
  DeployToken,
  Group,
  Holder,
  Job,
  JobToken,
  Membership,
  NewJob,
  PersonalToken,
  Project,
  ProtectionLevel,
  ProtectionRule,
  RegistryAccess,
  Repository,
  TagRule,
  User,
  Variable,
  Visibility,
} from './model.js';
import { OAuth } from './oauth.js';

export interface NewDeployToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly username?: string | undefined;
  /** ISO 8601 or milliseconds. */
  readonly expiresAt?: string | number | undefined;
}

export type NewVariable = { readonly key: string; readonly value: string } & Partial<
  Omit<Variable, 'holder' | 'key' | 'value'>
>;

/** Everything that the instance knows: tests fill it here without any permission check. */
export class World {
  readonly users: User[] = [];
  readonly groups: Group[] = [];
  readonly projects: Project[] = [];
  readonly memberships: Membership[] = [];
  readonly personalTokens: PersonalToken[] = [];
  readonly deployTokens: DeployToken[] = [];
  readonly jobTokens: JobToken[] = [];
  readonly variables: Variable[] = [];
  readonly protectionRules: ProtectionRule[] = [];
  readonly tagRules: TagRule[] = [];
  readonly repositories: Repository[] = [];
  readonly jobs: Job[] = [];
  readonly auditEvents: AuditEvent[] = [];
  readonly oauth: OAuth;
  readonly clock: () => number;
  readonly #lastIds = new Map<string, number>();

  constructor(clock: () => number) {
    this.clock = clock;
    this.oauth = new OAuth(clock);
  }

  /** Ids are never used twice, as with database sequences. */
  nextId(kind: string): number {
    const id = (this.#lastIds.get(kind) ?? 0) + 1;
    this.#lastIds.set(kind, id);
    return id;
  }

  addUser(options: {
    username: string;
    password?: string;
    admin?: boolean;
    email?: string;
    blocked?: boolean;
    twoFactor?: boolean;
    bot?: boolean;
  }): User {
    const user: User = {
      kind: 'user',
      id: this.nextId('user'),
      username: options.username,
      email: options.email ?? `${options.username}@example.com`,
      password: options.password,
      admin: options.admin ?? false,
      blocked: options.blocked ?? false,
      twoFactor: options.twoFactor ?? false,
      bot: options.bot ?? false,
    };
    this.users.push(user);
    return user;
  }

  addGroup(path: string, options: { parent?: Group; visibility?: Visibility } = {}): Group {
    let parent = options.parent;
    for (const segment of path.split('/')) parent = this.#ensureGroup(segment, parent, options.visibility ?? 'private');
    if (!parent) throw new Error('A group needs a path');
    return parent;
  }

  addProject(path: string, options: { visibility?: Visibility; registryAccess?: RegistryAccess } = {}): Project {
    const at = path.lastIndexOf('/');
    if (at < 1) throw new Error(`A project lives in a group: ${path}`);
    const project: Project = {
      kind: 'project',
      id: this.nextId('project'),
      path: path.slice(at + 1),
      fullPath: path,
      group: this.addGroup(path.slice(0, at), { visibility: options.visibility ?? 'private' }),
      createdAt: this.clock(),
      visibility: options.visibility ?? 'private',
      registryAccess: options.registryAccess ?? 'enabled',
      archived: false,
      markedForDeletion: undefined,
      jobTokenScopeEnabled: true,
      jobTokenAllowList: new Set(),
      jobTokenGroups: new Set(),
    };
    this.projects.push(project);
    return project;
  }

  addMember(holder: Holder, user: User, level: AccessLevel): void {
    this.memberships.push({ holder, user, level, createdAt: this.clock() });
  }

  removeMember(holder: Holder, user: User): void {
    const at = this.memberships.findIndex((one) => one.holder === holder && one.user === user);
    if (at !== -1) this.memberships.splice(at, 1);
  }

  addPersonalToken(
    user: User,
    options: {
      scopes: readonly string[];
      expiresAt?: string | undefined;
      name?: string;
      of?: PersonalToken['of'];
      family?: number;
    },
  ): PersonalToken {
    const id = this.nextId('personal token');
    const token: PersonalToken = {
      id,
      name: options.name ?? `token ${id}`,
      user,
      token: secret('glpat-'),
      scopes: [...options.scopes],
      expiresAt: options.expiresAt?.slice(0, 10),
      createdAt: this.clock(),
      revoked: false,
      lastUsedAt: undefined,
      family: options.family ?? id,
      ...(options.of === undefined ? {} : { of: options.of }),
    };
    this.personalTokens.push(token);
    return token;
  }

  /** A token of a project or a group, with its bot as a member there; by default it expires in a year. */
  addAccessToken(
    holder: Holder,
    options: { name: string; scopes: readonly string[]; level?: AccessLevel; expiresAt?: string | undefined },
  ): PersonalToken {
    const { name, scopes, level = 40, expiresAt = isoDate(this.clock() + 365 * 86_400_000) } = options;
    const suffix = randomBytes(16).toString('hex');
    const user = this.addUser({ username: `${holder.kind}_${holder.id}_bot_${suffix}`, bot: true });
    this.addMember(holder, user, level);
    return this.addPersonalToken(user, { scopes, expiresAt, name, of: { holder, level } });
  }

  addDeployToken(holder: Holder, options: NewDeployToken): DeployToken {
    const id = this.nextId('deploy token');
    const expiresAt = options.expiresAt;
    const token: DeployToken = {
      id,
      name: options.name,
      username: options.username ?? `gitlab+deploy-token-${id}`,
      token: secret('gldt-'),
      holder,
      scopes: [...options.scopes],
      expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt,
      createdAt: this.clock(),
      revoked: false,
      stale: false,
    };
    this.deployTokens.push(token);
    return token;
  }

  /** A job and its own token: gitlab-ci-token logs in with it while the job runs. */
  addJobToken(project: Project, options: { user?: User; running?: boolean } = {}): JobToken {
    const token: JobToken = {
      token: secret('glcbt-64_'),
      project,
      user: options.user,
      running: options.running ?? true,
    };
    this.jobTokens.push(token);
    return token;
  }

  allowJobTokens(target: Project, source: Project): void {
    target.jobTokenAllowList.add(source.id);
  }

  addVariable(holder: Holder | 'instance', options: NewVariable): Variable {
    const variable: Variable = {
      variable_type: 'env_var',
      protected: false,
      masked: options.hidden ?? false,
      hidden: false,
      raw: false,
      environment_scope: '*',
      description: null,
      ...options,
      holder,
    };
    this.variables.push(variable);
    return variable;
  }

  addProtectionRule(
    project: Project,
    pattern: string,
    levels: { push?: ProtectionLevel; delete?: ProtectionLevel } = { push: 'maintainer' },
  ): ProtectionRule {
    const rule: ProtectionRule = {
      id: this.nextId('protection rule'),
      project,
      repository_path_pattern: pattern,
      minimum_access_level_for_push: levels.push ?? null,
      minimum_access_level_for_delete: levels.delete ?? null,
    };
    this.protectionRules.push(rule);
    return rule;
  }

  addTagRule(project: Project, pattern: string, level: ProtectionLevel = 'maintainer'): TagRule {
    const rule: TagRule = {
      id: this.nextId('tag rule'),
      project,
      tag_name_pattern: pattern,
      minimum_access_level_for_push: level,
      minimum_access_level_for_delete: level,
    };
    this.tagRules.push(rule);
    return rule;
  }

  /** As GitLab does when it authorizes a push: an existing record is left alone. */
  ensureRepository(project: Project, path: string): Repository {
    const name = path.toLowerCase();
    const known = this.repositories.find((repository) => repository.path === name);
    if (known) return known;
    const id = this.nextId('repository');
    const repository: Repository = { id, project, path: name, createdAt: this.clock(), tags: new Map() };
    this.repositories.push(repository);
    return repository;
  }

  addTag(project: Project, path: string, tag: string, totalSize = 1024): Repository {
    const repository = this.ensureRepository(project, path);
    const digest = `sha256:${createHash('sha256').update(`${path}:${tag}`).digest('hex')}`;
    repository.tags.set(tag, { digest, createdAt: this.clock(), totalSize });
    return repository;
  }

  addJob(project: Project, options: NewJob = {}): Job {
    const job: Job = {
      id: options.id ?? this.nextId('job'),
      project,
      name: options.name ?? 'build',
      stage: options.stage ?? 'build',
      ref: options.ref ?? 'main',
      user: options.user,
      createdAt: options.createdAt ?? this.clock(),
      status: options.status ?? 'success',
      failureReason: options.failureReason,
      trace: options.trace ?? '',
    };
    this.jobs.push(job);
    return job;
  }

  #ensureGroup(path: string, parent: Group | undefined, visibility: Visibility): Group {
    const fullPath = parent ? `${parent.fullPath}/${path}` : path;
    const known = this.groups.find((group) => group.fullPath === fullPath);
    if (known) return known;
    const createdAt = this.clock();
    const group: Group = { kind: 'group', id: this.nextId('group'), path, fullPath, parent, createdAt, visibility };
    this.groups.push(group);
    return group;
  }
}

function secret(prefix: string): string {
  return prefix + randomBytes(15).toString('base64url');
}
