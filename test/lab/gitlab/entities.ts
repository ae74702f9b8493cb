import { ancestors, isActivePersonalToken, isShownAsExpired, memberLevel } from './access.js';
import type { Context } from './context.js';
import type {
  DeployToken,
  Group,
  Job,
  PersonalToken,
  Project,
  ProtectionRule,
  Repository,
  TagRule,
  User,
  Variable,
} from './model.js';

/** The JSON of GitLab's records. */
type Json = Record<string, unknown>;

const time = (milliseconds: number) => new Date(milliseconds).toISOString();

export function basicUser(context: Context, user: User): Json {
  return {
    id: user.id,
    username: user.username,
    public_email: null,
    name: user.username,
    state: user.blocked ? 'blocked' : 'active',
    locked: false,
    avatar_url: null,
    web_url: `${context.baseUrl()}/${user.username}`,
  };
}

/** With what only the user itself and administrators see. */
export function fullUser(context: Context, user: User, viewer: User): Json {
  const more = { email: user.email, commit_email: user.email, two_factor_enabled: user.twoFactor, external: false };
  return { ...basicUser(context, user), bot: user.bot, ...more, ...(viewer.admin ? { is_admin: user.admin } : {}) };
}

export function groupEntity(context: Context, group: Group): Json {
  return {
    id: group.id,
    web_url: `${context.baseUrl()}/groups/${group.fullPath}`,
    name: group.path,
    path: group.path,
    description: '',
    visibility: group.visibility,
    full_name: group.fullPath.replaceAll('/', ' / '),
    full_path: group.fullPath,
    parent_id: group.parent?.id ?? null,
    created_at: time(group.createdAt),
  };
}

export function simpleProject(context: Context, project: Project): Json {
  const base = context.baseUrl();
  const host = new URL(base).hostname;
  const { group } = project;
  return {
    id: project.id,
    description: null,
    name: project.path,
    name_with_namespace: project.fullPath.replaceAll('/', ' / '),
    path: project.path,
    path_with_namespace: project.fullPath,
    created_at: time(project.createdAt),
    default_branch: 'main',
    tag_list: [],
    topics: [],
    ssh_url_to_repo: `git@${host}:${project.fullPath}.git`,
    http_url_to_repo: `${base}/${project.fullPath}.git`,
    web_url: `${base}/${project.fullPath}`,
    avatar_url: null,
    star_count: 0,
    last_activity_at: time(project.createdAt),
    visibility: project.visibility,
    namespace: {
      id: group.id,
      name: group.path,
      path: group.path,
      kind: 'group',
      full_path: group.fullPath,
      parent_id: group.parent?.id ?? null,
      avatar_url: null,
      web_url: `${base}/groups/${group.fullPath}`,
    },
  };
}

export function fullProject(context: Context, project: Project, viewer: User | undefined, statistics = false): Json {
  const prefix = registryHost(context);
  return {
    ...simpleProject(context, project),
    ...(prefix === undefined ? {} : { container_registry_image_prefix: `${prefix}/${project.fullPath.toLowerCase()}` }),
    archived: project.archived,
    marked_for_deletion_on: project.markedForDeletion ?? null,
    container_registry_enabled: project.registryAccess !== 'disabled',
    container_registry_access_level: project.registryAccess,
    builds_access_level: 'enabled',
    shared_with_groups: [],
    ...(viewer ? { permissions: permissions(context, project, viewer) } : {}),
    ...(statistics ? { statistics: { commit_count: 0, storage_size: 0, container_registry_size: 0 } } : {}),
  };
}

export function deployTokenEntity(context: Context, token: DeployToken): Json {
  return {
    id: token.id,
    name: token.name,
    username: token.username,
    expires_at: token.expiresAt === undefined ? null : time(token.expiresAt),
    scopes: token.scopes,
    revoked: token.revoked,
    expired: isShownAsExpired(token, context.world.clock()),
  };
}

export function personalTokenEntity(context: Context, token: PersonalToken): Json {
  return {
    id: token.id,
    name: token.name,
    revoked: token.revoked,
    created_at: time(token.createdAt),
    description: null,
    scopes: token.scopes,
    user_id: token.user.id,
    last_used_at: token.lastUsedAt === undefined ? null : time(token.lastUsedAt),
    active: isActivePersonalToken(token, context.world.clock()),
    expires_at: token.expiresAt ?? null,
  };
}

export function accessTokenEntity(context: Context, token: PersonalToken, of: NonNullable<PersonalToken['of']>): Json {
  const { holder, level } = of;
  const more = { access_level: level, resource_type: holder.kind, resource_id: holder.id };
  return { ...personalTokenEntity(context, token), ...more };
}

export function variableEntity(variable: Variable): Json {
  const { holder, environment_scope, hidden, ...rest } = variable;
  const entity = { ...rest, value: hidden ? null : variable.value };
  return holder === 'instance' ? entity : { ...entity, hidden, environment_scope };
}

export function repositoryEntity(
  context: Context,
  repository: Repository,
  with_: { tags: boolean; count: boolean },
): Json {
  const { project, path } = repository;
  const tags = [...repository.tags.keys()].sort();
  return {
    id: repository.id,
    name: path.slice(project.fullPath.length + 1),
    path,
    project_id: project.id,
    location: `${registryHost(context) ?? ''}/${path}`,
    created_at: time(repository.createdAt),
    cleanup_policy_started_at: null,
    status: null,
    ...(with_.count ? { tags_count: tags.length } : {}),
    ...(with_.tags ? { tags: tags.map((name) => tagEntity(context, repository, name)) } : {}),
  };
}

export function tagEntity(context: Context, repository: Repository, name: string): Json {
  const path = `${repository.path}:${name}`;
  return { name, path, location: `${registryHost(context) ?? ''}/${path}` };
}

export function tagDetails(context: Context, repository: Repository, name: string): Json | undefined {
  const tag = repository.tags.get(name);
  if (!tag) return undefined;
  const revision = tag.digest.replace('sha256:', '');
  return {
    ...tagEntity(context, repository, name),
    revision,
    short_revision: revision.slice(0, 9),
    digest: tag.digest,
    created_at: time(tag.createdAt),
    total_size: tag.totalSize,
  };
}

export function ruleEntity({ project, ...rule }: ProtectionRule | TagRule): Json {
  return { ...rule, project_id: project.id };
}

export function jobEntity(context: Context, job: Job): Json {
  return {
    id: job.id,
    status: job.status,
    stage: job.stage,
    name: job.name,
    ref: job.ref,
    tag: false,
    allow_failure: false,
    created_at: time(job.createdAt),
    started_at: time(job.createdAt),
    finished_at: time(job.createdAt),
    ...(job.failureReason === undefined ? {} : { failure_reason: job.failureReason }),
    user: job.user ? basicUser(context, job.user) : null,
    pipeline: { id: job.id, project_id: job.project.id, ref: job.ref, status: job.status },
    web_url: `${context.baseUrl()}/${job.project.fullPath}/-/jobs/${job.id}`,
  };
}

function registryHost(context: Context): string | undefined {
  const { registryUrl } = context.settings;
  return registryUrl === undefined ? undefined : new URL(registryUrl).host;
}

function permissions(context: Context, project: Project, viewer: User): Json {
  const direct = context.world.memberships.find((one) => one.user === viewer && one.holder === project);
  const inherited = Math.max(0, ...ancestors(project.group).map((one) => memberLevel(context.world, one, viewer)));
  const access = (level: number) => (level === 0 ? null : { access_level: level, notification_level: 3 });
  return { project_access: access(direct?.level ?? 0), group_access: access(inherited) };
}
