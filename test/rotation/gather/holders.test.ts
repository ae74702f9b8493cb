import { EdgeError } from '../../../src/errors.js';
import type { GitLab } from '../../../src/gitlab/client.js';
import type { FoundOwner } from '../../../src/gitlab/find-owner.js';
import { variablesAround } from '../../../src/rotation/gather/holders.js';
import { variableOf } from '../plan-of.js';

/** `top` ⊃ `top/shop` ⊃ `top/shop/team` and the projects `top/shop/api`, `top/shop/team/web`. */
function gitlab(answers: { refuse?: string[]; fail?: EdgeError; at?: { most: number } } = {}): GitLab {
  const groups = [
    { id: 1, full_path: 'top', parent_id: null },
    { id: 2, full_path: 'top/shop', parent_id: 1 },
    { id: 3, full_path: 'top/shop/team', parent_id: 2 },
  ];
  let atOnce = 0;
  return {
    group: async (id: number) => groups.find((one) => one.id === id),
    subgroups: async () => groups.slice(2),
    projectsBelow: async () =>
      ['top/shop/api', 'top/shop/team/web'].map((path, at) => ({ id: 10 + at, path_with_namespace: path })),
    async variables({ kind, path }: { kind: string; path: string }) {
      atOnce += 1;
      if (answers.at !== undefined) answers.at.most = Math.max(answers.at.most, atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      if (answers.fail !== undefined) throw answers.fail;
      if (answers.refuse?.includes(kind === 'instance' ? kind : path) === true) throw forbidden();
      return [variableOf('WHERE', kind === 'instance' ? kind : path)];
    },
  } as unknown as GitLab;
}

function forbidden(): EdgeError {
  const forPerson = { what: 'GitLab refuses it', next: 'ask' };
  return new EdgeError({ part: 'gitlab', code: 'gitlab-forbidden', forPerson, status: 403 });
}

const PROJECT: FoundOwner = { owner: { kind: 'project', id: 10, path: 'top/shop/api' }, parentId: 2 };
const GROUP: FoundOwner = { owner: { kind: 'group', id: 2, path: 'top/shop' }, parentId: 1 };

async function places(found: FoundOwner, peer = gitlab()): Promise<string[]> {
  const { held } = await variablesAround(found, peer);
  expect(held.map(({ holder }) => holder.path || holder.kind)).toEqual(
    held.flatMap(({ variables }) => variables.map(({ value }) => value)),
  );
  return held.map(({ holder }) => `${holder.kind} ${holder.path}`);
}

test('of a project’s token: its own variables, those of the groups above, the nearest first, and of the instance', async () => {
  expect(await places(PROJECT)).toEqual(['project top/shop/api', 'group top/shop', 'group top', 'instance ']);
});

test('of a group’s token: also those of all subgroups and projects below', async () => {
  expect(await places(GROUP)).toEqual([
    'group top/shop',
    'group top',
    'group top/shop/team',
    'project top/shop/api',
    'project top/shop/team/web',
    'instance ',
  ]);
});

test('of a project of a person there is nobody above but the instance', async () => {
  expect(await places({ owner: { kind: 'project', id: 12, path: 'ana/tool' } })).toEqual([
    'project ana/tool',
    'instance ',
  ]);
});

test('who may not be read is told, with the role that it takes, and the others are read', async () => {
  const peer = gitlab({ refuse: ['top', 'top/shop/team/web', 'instance'] });
  const { held, unread } = await variablesAround(GROUP, peer);
  expect(held.map(({ holder }) => holder.path)).toEqual(['top/shop', 'top/shop/team', 'top/shop/api']);
  expect(unread).toEqual([
    "the variables of group top can't be read: it takes the role owner there",
    "the variables of project top/shop/team/web can't be read: it takes the role maintainer there",
    "the variables of the whole instance can't be read: it takes an administrator",
  ]);
});

test('a GitLab that is down is no missing right', async () => {
  const forPerson = { what: 'GitLab does not answer', next: 'wait' };
  const fail = new EdgeError({ part: 'gitlab', code: 'gitlab-unreachable', retry: { afterMs: 1 }, forPerson });
  await expect(variablesAround(GROUP, gitlab({ fail }))).rejects.toBe(fail);
});

test('GitLab is asked for a few at once, not for all', async () => {
  const at = { most: 0 };
  await places(GROUP, gitlab({ at }));
  expect(at.most).toBeGreaterThan(1);
  expect(at.most).toBeLessThanOrEqual(4);
});
