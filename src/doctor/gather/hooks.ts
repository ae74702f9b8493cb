import pMap from 'p-map';
import type { GitLab } from '../../gitlab/client.js';
import type { Owner } from '../../gitlab/schema.js';
import type { OpenInstance } from '../../instance.js';
import { covers, type HooksSeen, pointsAt } from '../hooks.js';

/** GitLab answers so many at once without anybody else noticing. */
export const AT_ONCE = 8;
/** So many projects are looked at. */
const PROJECTS = 200;

/** The webhooks of an instance that lead to Registrar, and the projects whose failures they are to tell. */
export interface Hooked extends HooksSeen {
  projects: Owner[];
}

/** Looks at all that `hook.channels` names, at what is below it and at the groups above. */
export async function readHooks({ config, gitlab }: OpenInstance): Promise<Hooked> {
  const channels = (config.hook?.channels ?? []).map(({ project }) => project);
  const places = await Promise.all(channels.map((path) => placesOf(path, gitlab)));
  const all = unique(places.flatMap(({ owners }) => owners));
  const projects = all.filter(({ kind }) => kind === 'project');
  const looked = [...all.filter(({ kind }) => kind === 'group'), ...projects.slice(0, PROJECTS)];
  const unseen = places.flatMap(({ missing }) => missing);
  const found = await pMap(
    looked,
    async (owner) => {
      const hooks = await gitlab.hooks(owner);
      if (hooks === undefined) unseen.push(owner.path);
      return (hooks ?? []).filter(({ url }) => pointsAt(url, config.name)).map((hook) => ({ owner, hook }));
    },
    { concurrency: AT_ONCE },
  );
  const left = Math.max(0, projects.length - PROJECTS);
  return { ours: found.flat(), channels, unseen, left, projects: projects.slice(0, PROJECTS) };
}

/** When the first webhook was made that should have told of a project's jobs; `undefined`: none should. */
export function toldSince({ ours }: Pick<Hooked, 'ours'>, project: string): number | undefined {
  const times = ours
    .filter(({ owner, hook }) => hook.job_events && covers(owner.path, project))
    .map(({ hook }) => Date.parse(hook.created_at ?? '') || 0);
  return times.length === 0 ? undefined : Math.min(...times);
}

async function placesOf(path: string, gitlab: GitLab): Promise<{ owners: Owner[]; missing: string[] }> {
  const segments = path.split('/').slice(0, -1);
  const above = segments.map((_, index) => segments.slice(0, index + 1).join('/'));
  const [project, ...groups] = await Promise.all([
    path.includes('/') ? gitlab.project(path) : undefined,
    ...above.map((one) => gitlab.groupByPath(one)),
  ]);
  const parents = groups.flatMap((one) => (one === undefined ? [] : ofGroup(one)));
  if (project !== undefined)
    return {
      owners: [...parents, { kind: 'project', id: project.id, path: project.path_with_namespace }],
      missing: [],
    };
  const group = await gitlab.groupByPath(path);
  if (group === undefined) return { owners: parents, missing: [path] };
  const [subgroups, projects] = await Promise.all([gitlab.subgroups(group.id), gitlab.projectsBelow(group.id)]);
  const below = projects.map(({ id, path_with_namespace }) => ({
    kind: 'project' as const,
    id,
    path: path_with_namespace,
  }));
  return { owners: [...parents, ...[group, ...subgroups].map(ofGroup), ...below], missing: [] };
}

function ofGroup({ id, full_path }: { id: number; full_path: string }): Owner {
  return { kind: 'group', id, path: full_path };
}

function unique(owners: readonly Owner[]): Owner[] {
  return [...new Map(owners.map((one) => [`${one.kind} ${one.id}`, one])).values()];
}
