import { rights } from '../../../src/proof/probes/rights.js';
import { jobLog, loginAs, pullOf, pushOf } from '../../logs/job.js';
import { startTeam, type Team } from './team.js';

let team: Team;

beforeEach(async () => {
  team = await startTeam();
});

afterEach(() => team.stop());

const pushAs = (user: string) => jobLog(...loginAs(user), ...pushOf('shop/api'));

test('a user’s state and role, inherited ones included', async () => {
  const bob = team.gitlab.addUser({ username: 'bob' });
  const who = async (name = 'bob') => (await rights.look(team.scene(pushAs(name))))?.who;
  expect(await who()).toEqual({ is: 'person', username: 'bob', user: { state: 'active', level: 0 } });
  team.gitlab.addMember(team.api.group, bob, 20);
  bob.blocked = true;
  expect(await who()).toEqual({ is: 'person', username: 'bob', user: { state: 'blocked', level: 20 } });
  bob.admin = true;
  expect(await who()).toMatchObject({ user: { level: 60 } });
  expect(await who('nobody')).toEqual({ is: 'person', username: 'nobody' });
});

test('a deploy token’s scopes, and whose it is', async () => {
  const { id, username } = team.gitlab.addDeployToken(team.api, { name: 'reader', scopes: ['read_registry'] });
  expect(await rights.look(team.scene(pushAs(username)))).toEqual({
    project: 'shop/api',
    open: 'nobody',
    personal: false,
    who: { is: 'deploy-token', id, name: 'reader', scopes: ['read_registry'], of: 'shop/api' },
  });
});

test('of several logins the one to the registry that refused counts; of several tokens of one name none', async () => {
  const hub = ['$ docker login -u hubuser --password-stdin', 'Login Succeeded'];
  const log = (user: string) => jobLog(...loginAs(user), ...hub, ...pushOf('shop/api'));
  expect(await rights.look(team.scene(log('ana')))).toMatchObject({ who: { username: 'ana' } });
  expect(await rights.look(team.scene(log('gitlab-ci-token')))).toBeUndefined();
  expect(await rights.look(team.scene(jobLog(...hub, ...pushOf('shop/api'))))).toBeUndefined();
  const twin = { name: 'ci', username: 'ci', scopes: ['read_registry'] };
  team.gitlab.addDeployToken(team.api, twin).revoked = true;
  const { id } = team.gitlab.addDeployToken(team.api, twin);
  expect(await rights.look(team.scene(pushAs('ci')))).toMatchObject({ who: { id } });
  team.gitlab.addDeployToken(team.api, twin);
  expect(await rights.look(team.scene(pushAs('ci')))).toBeUndefined();
});

test('the role counts in the project of the image, and who may pull without one', async () => {
  team.gitlab.addMember(team.base, team.ana, 30);
  const pull = jobLog(...loginAs('ana'), ...pullOf('platform/base'));
  expect(await rights.look(team.scene(pull))).toMatchObject({ project: 'platform/base', open: 'nobody' });
  team.base.visibility = 'internal';
  expect(await rights.look(team.scene(pull))).toMatchObject({ open: 'signed-in' });
  team.base.visibility = 'public';
  expect(await rights.look(team.scene(pull))).toMatchObject({ open: 'anybody' });
  team.base.registryAccess = 'private';
  expect(await rights.look(team.scene(pull))).toMatchObject({ open: 'nobody' });
});

test.each(['gitlab-ci-token', '$CI_REGISTRY_USER', '$SECRET', 'gitlab+deploy-token-77', 'a@b.example', '../../x'])(
  'of %s there is nothing to tell, and no user is asked for',
  async (user) => {
    team.gitlab.addVariable(team.api, { key: 'SECRET', value: 'hunter2hunter2' });
    const from = team.gitlab.requests.length;
    expect(await rights.look(team.scene(pushAs(user)))).toBeUndefined();
    const asked = team.gitlab.requests.slice(from).map(({ path }) => path);
    expect(asked.filter((path) => /users\?/.test(path) && !/username=(?:ana|hunter2hunter2)\b/.test(path))).toEqual([]);
  },
);

test('nothing of a project is told to whom it is not for', async () => {
  const pull = jobLog(...loginAs('ana'), ...pullOf('platform/base'));
  await expect(rights.look(team.scene(pull))).rejects.toThrow('you are no Developer in it');
});
