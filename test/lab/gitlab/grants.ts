import { ancestors, authority, canPull, deployTokenReaches, developer, maintainer, rootGroup } from './access.js';
import type { Ability, Identity } from './credentials.js';
import type { Project, ProtectionLevel } from './model.js';
import type { World } from './world.js';

export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly meta?: Record<string, unknown>;
}

const pathPattern = /^[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*$/i;
const protectionLevels: Record<ProtectionLevel, number> = { maintainer: 40, owner: 50, admin: 60 };
const maxSegments = 20;

/** The project that a repository path belongs to: its full path, or that and one or two segments more. */
export function projectOfPath(world: World, path: string): Project | undefined {
  const segments = path.split('/');
  if (segments.length < 2 || segments.length >= maxSegments || !pathPattern.test(path)) return undefined;
  for (let length = segments.length; length >= Math.max(2, segments.length - 2); length -= 1) {
    const candidate = segments.slice(0, length).join('/').toLowerCase();
    const project = world.projects.find((one) => one.fullPath.toLowerCase() === candidate);
    if (project) return project;
  }
  return undefined;
}

/** One requested scope as it is granted: without the actions that aren't allowed, undefined if none is left. */
export function grant(world: World, identity: Identity, scope: string): Access | undefined {
  const [type, name = '', ...rest] = splitScope(scope);
  const actions = (rest[0] ?? '').split(',').filter((action) => action !== '');
  if (type === 'registry') {
    const allowed = name === 'catalog' && identity.user?.admin && actions.join() === '*';
    return allowed ? { type, name, actions } : undefined;
  }
  if (type !== 'repository') return undefined;
  const project = projectOfPath(world, name);
  const allowed = project ? actions.filter((action) => isAllowed(world, identity, project, action)) : [];
  if (!project || allowed.length === 0) return undefined;
  if (allowed.includes('push')) world.ensureRepository(project, name);
  return { type, name, actions: allowed, meta: metadata(project) };
}

export function isPushProtected(world: World, identity: Identity, access: Access): boolean {
  const { user } = identity;
  const project = access.type === 'repository' ? projectOfPath(world, access.name) : undefined;
  if (!user || user.admin || !project || !access.actions.some((action) => action === 'push' || action === '*')) {
    return false;
  }
  const level = authority(world, project, user);
  return world.protectionRules.some((rule) => {
    const minimum = rule.minimum_access_level_for_push;
    if (rule.project !== project || minimum === null) return false;
    return matchesPattern(rule.repository_path_pattern, access.name) && level < protectionLevels[minimum];
  });
}

/** type:name:actions, where a name may carry a host and its port. */
function splitScope(scope: string): string[] {
  const first = scope.indexOf(':');
  const last = scope.lastIndexOf(':');
  if (first === -1 || first === last) return [scope];
  return [scope.slice(0, first), scope.slice(first + 1, last), scope.slice(last + 1)];
}

function isAllowed(world: World, identity: Identity, project: Project, action: string): boolean {
  if (project.registryAccess === 'disabled' || (project.archived && action !== 'pull')) return false;
  const has = (ability: Ability) => identity.abilities.includes(ability);
  const { user, deployToken } = identity;
  const own = identity.project === project;
  switch (action) {
    case 'pull':
      return (
        (has('build-read') && (own || jobCanPull(world, identity, project))) ||
        (has('read') && canPull(world, project, user)) ||
        (has('read') && deployToken !== undefined && deployTokenReaches(deployToken, project))
      );
    case 'push':
      return (
        (has('build-create') && own) ||
        (has('create') && user !== undefined && authority(world, project, user) >= developer) ||
        (has('create') && has('read') && deployToken !== undefined && deployTokenReaches(deployToken, project))
      );
    case 'delete':
      return (has('build-destroy') && own) || canAdminister(world, identity, project);
    case '*':
      return canAdminister(world, identity, project);
    default:
      return false;
  }
}

function jobCanPull(world: World, identity: Identity, project: Project): boolean {
  if (project.visibility === 'public' && project.registryAccess === 'enabled') return true;
  const source = identity.project;
  if (!source || !letsIn(project, source)) return false;
  return canPull(world, project, identity.user);
}

function letsIn(target: Project, source: Project): boolean {
  if (!target.jobTokenScopeEnabled || target.jobTokenAllowList.has(source.id)) return true;
  return ancestors(source.group).some(({ id }) => target.jobTokenGroups.has(id));
}

function canAdminister(world: World, identity: Identity, project: Project): boolean {
  const { user } = identity;
  if (!user || !identity.abilities.includes('admin')) return false;
  return authority(world, project, user) >= maintainer;
}

function metadata(project: Project): Record<string, unknown> {
  return {
    project_path: project.fullPath.toLowerCase(),
    project_id: project.id,
    root_namespace_id: rootGroup(project).id,
  };
}

function matchesPattern(pattern: string, path: string): boolean {
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'i').test(path);
}
