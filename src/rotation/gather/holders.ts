import pMap from 'p-map';
import { EdgeError } from '../../errors.js';
import type { GitLab } from '../../gitlab/client.js';
import type { FoundOwner } from '../../gitlab/find-owner.js';
import type { Holder, Variable } from '../../gitlab/schema.js';

/** GitLab answers so many at once without anybody else noticing. */
const AT_ONCE = 4;

/** A holder of variables that may carry a token, with its variables. */
export interface Held {
  holder: Holder;
  variables: Variable[];
}

/**
 * The variables of all whose jobs may use a token: of its project or group, of the groups above, of what is below a
 * group, and of the instance. `unread`: holders whose variables the bot may not read, in people's words.
 *
 * Errors: those of {@link GitLab}, besides a right that is missing.
 */
export async function variablesAround(found: FoundOwner, gitlab: GitLab): Promise<{ held: Held[]; unread: string[] }> {
  const holders = [found.owner, ...(await above(found, gitlab)), ...(await below(found, gitlab)), INSTANCE];
  const read = await pMap(
    holders,
    async (holder): Promise<Held | string> => {
      try {
        return { holder, variables: await gitlab.variables(holder) };
      } catch (error) {
        if (!(error instanceof EdgeError) || error.code !== 'gitlab-forbidden') throw error;
        return unreadable(holder);
      }
    },
    { concurrency: AT_ONCE },
  );
  return {
    held: read.filter((one) => typeof one !== 'string'),
    unread: read.filter((one) => typeof one === 'string'),
  };
}

const INSTANCE: Holder = { kind: 'instance', id: 0, path: '' };

function unreadable({ kind, path }: Holder): string {
  if (kind === 'instance') return "the variables of the whole instance can't be read: it takes an administrator";
  const role = kind === 'group' ? 'owner' : 'maintainer';
  return `the variables of ${kind} ${path} can't be read: it takes the role ${role} there`;
}

/** The groups above, the nearest first. */
async function above({ parentId }: FoundOwner, gitlab: GitLab): Promise<Holder[]> {
  const groups: Holder[] = [];
  let next: number | null | undefined = parentId;
  while (next != null) {
    const group = await gitlab.group(next);
    groups.push({ kind: 'group', id: group.id, path: group.full_path });
    next = group.parent_id;
  }
  return groups;
}

/** A group's token serves everything below it. */
async function below({ owner }: FoundOwner, gitlab: GitLab): Promise<Holder[]> {
  if (owner.kind === 'project') return [];
  const [groups, projects] = await Promise.all([gitlab.subgroups(owner.id), gitlab.projectsBelow(owner.id)]);
  return [
    ...groups.map(({ id, full_path }): Holder => ({ kind: 'group', id, path: full_path })),
    ...projects.map(({ id, path_with_namespace }): Holder => ({ kind: 'project', id, path: path_with_namespace })),
  ];
}
