import { isoDate } from './iso-date.js';
import type { DeployToken, Group, Holder, PersonalToken, Project, User } from './model.js';
import type { World } from './world.js';

export const reporter = 20;
export const developer = 30;
export const maintainer = 40;
export const owner = 50;

export function ancestors(group: Group): Group[] {
  return group.parent ? [group, ...ancestors(group.parent)] : [group];
}

/** The holder itself and every group above it. */
export function lineage(holder: Holder): Holder[] {
  return holder.kind === 'project' ? [holder, ...ancestors(holder.group)] : ancestors(holder);
}

export function rootGroup(project: Project): Group {
  return ancestors(project.group).at(-1) ?? project.group;
}

/** The highest level that a user has, inherited ones included; 0 without membership. */
export function memberLevel(world: World, holder: Holder, user: User | undefined): number {
  const holders = lineage(holder);
  const levels = world.memberships.filter((one) => one.user === user && holders.includes(one.holder));
  return Math.max(0, ...levels.map((one) => one.level));
}

/** As memberLevel, with administrators above all. */
export function authority(world: World, holder: Holder, user: User | undefined): number {
  return user?.admin ? 60 : memberLevel(world, holder, user);
}

export function canSee(world: World, holder: Holder, user: User | undefined): boolean {
  if (holder.visibility === 'public' || authority(world, holder, user) > 0) return true;
  if (holder.visibility === 'internal') return user !== undefined;
  // A member of something below a group sees the group.
  return (
    holder.kind === 'group' &&
    world.memberships.some((one) => one.user === user && lineage(one.holder).includes(holder))
  );
}

export function canPull(world: World, project: Project, user: User | undefined): boolean {
  if (project.registryAccess === 'disabled') return false;
  if (authority(world, project, user) >= reporter) return true;
  if (project.registryAccess === 'private') return false;
  return project.visibility === 'public' || (project.visibility === 'internal' && user !== undefined);
}

export function deployTokenReaches(token: DeployToken, project: Project): boolean {
  return lineage(project).includes(token.holder);
}

/** What the database asks at a login. */
export function isActiveDeployToken(token: DeployToken, now: number): boolean {
  return !token.revoked && (token.expiresAt === undefined || token.expiresAt >= now);
}

/** What the API shows: a day behind the login, it compares with today's midnight. */
export function isShownAsExpired(token: DeployToken, now: number): boolean {
  return token.expiresAt !== undefined && token.expiresAt < Date.parse(isoDate(now));
}

export function isExpiredPersonalToken(token: PersonalToken, now: number): boolean {
  return token.expiresAt !== undefined && token.expiresAt <= isoDate(now);
}

export function isActivePersonalToken(token: PersonalToken, now: number): boolean {
  return !token.revoked && !isExpiredPersonalToken(token, now);
}
