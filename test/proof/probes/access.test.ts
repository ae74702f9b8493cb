import { access } from '../../../src/proof/probes/access.js';
import { jobLog, loginAs, pullOf, pushOf } from '../../logs/job.js';
import { startTeam, type Team } from './team.js';

let team: Team;

beforeEach(async () => {
  team = await startTeam();
});

afterEach(() => team.stop());

const push = jobLog(...loginAs('gitlab-ci-token'), ...pushOf('shop/api'));

test('the switch, the visibility and the prefix', async () => {
  expect(await access.look(team.scene(push))).toEqual({
    path: 'shop/api',
    registry: 'enabled',
    instanceHasOne: true,
    visibility: 'private',
    archived: false,
  });
  team.api.registryAccess = 'disabled';
  team.api.archived = true;
  team.api.markedForDeletion = '2026-08-05';
  team.gitlab.setRegistry(undefined);
  expect(await access.look(team.scene(push))).toMatchObject({
    registry: 'disabled',
    instanceHasOne: false,
    archived: true,
    deletion: '2026-08-05',
  });
});

test('it is the image’s project that is looked at, and only for its Developers', async () => {
  const pull = jobLog(...loginAs('gitlab-ci-token'), ...pullOf('platform/base/jdk'));
  const hidden = 'platform/base/jdk in GitLab: it is not there, or you are no Developer in it';
  await expect(access.look(team.scene(pull))).rejects.toThrow(hidden);
  team.gitlab.addMember(team.base, team.ana, 20);
  await expect(access.look(team.scene(pull))).rejects.toThrow(hidden);
  team.gitlab.addMember(team.base, team.ana, 30);
  expect(await access.look(team.scene(pull))).toMatchObject({ path: 'platform/base' });
});

test('nobody whom the configuration knows is told nothing, and no project is asked for', async () => {
  const from = team.gitlab.requests.length;
  const mallory = { is: 'person', person: { platform: 'terminal', id: 'mallory' } } as const;
  await expect(access.look(team.scene(push, mallory))).rejects.toThrow('which GitLab user you are');
  expect(team.gitlab.requests.slice(from)).toEqual([]);
});

test('a channel is told of its own project', async () => {
  expect(await access.look(team.scene(push, { is: 'channel-of', project: 'shop/api' }))).toMatchObject({
    path: 'shop/api',
  });
  await expect(access.look(team.scene(push, { is: 'channel-of', project: 'shop/web' }))).rejects.toThrow(
    'no Developer',
  );
});
