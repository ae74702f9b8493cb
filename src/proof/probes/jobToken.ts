import type { JobTokenFinding } from '../../diagnosis/findings.js';
import type { Project } from '../../gitlab/schema.js';
import { NotLooked, type Probe } from '../probe.js';
import { askedProject } from '../subject.js';
import { levelIn, openTo } from './rights.js';

/** Does the project of the image let in the job tokens of the job's project? */
export const jobToken: Probe<'jobToken'> = {
  id: 'jobToken',
  worthFor: ['job-token-scope'],
  async look(scene): Promise<JobTokenFinding | undefined> {
    const who = await scene.who();
    if (who.is !== 'job') return undefined;
    const target = await askedProject(scene);
    if (target.id === who.of.id) return undefined;
    const scope = await scene.instance.gitlab.jobTokenScope(target.id);
    if (scope === undefined)
      throw new NotLooked(`job token permissions of ${target.path_with_namespace}: Registrar is no Maintainer there`);
    const listed = listing(scope, who.of);
    const { starter } = who;
    return {
      source: who.of.path_with_namespace,
      target: target.path_with_namespace,
      limited: scope.limited,
      open: openTo(target) === 'anybody',
      ...(listed === undefined ? {} : { listed }),
      ...(starter === undefined
        ? {}
        : { starter: { username: starter.username, level: await levelIn(target, starter, scene.instance) } }),
    };
  },
};

/** A group on the list lets in all projects below it. */
function listing(
  { projects, groups }: { projects: readonly string[]; groups: readonly string[] },
  { path_with_namespace: source }: Project,
): JobTokenFinding['listed'] {
  if (projects.includes(source)) return { kind: 'project', path: source };
  const path = groups.find((group) => source.startsWith(`${group}/`));
  return path === undefined ? undefined : { kind: 'group', path };
}
