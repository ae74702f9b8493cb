import { jobToken } from '../../../src/proof/probes/jobToken.js';
import { jobLog, loginAs, pullOf } from '../../logs/job.js';
import { startTeam, type Team } from './team.js';

let team: Team;

beforeEach(async () => {
  team = await startTeam();
  team.gitlab.addMember(team.base, team.ana, 30);
});

afterEach(() => team.stop());

const pull = (...before: string[]) => jobLog(...before, ...loginAs('gitlab-ci-token'), ...pullOf('platform/base/jdk'));

test('not on the list, on it, let in by a group, or no list at all', async () => {
  const look = () => jobToken.look(team.scene(pull()));
  const common = { source: 'shop/api', target: 'platform/base', open: false };
  expect(await look()).toEqual({ ...common, limited: true });
  team.base.jobTokenGroups.add(team.api.group.id);
  expect(await look()).toEqual({ ...common, limited: true, listed: { kind: 'group', path: 'shop' } });
  team.gitlab.allowJobTokens(team.base, team.api);
  expect(await look()).toEqual({ ...common, limited: true, listed: { kind: 'project', path: 'shop/api' } });
  team.base.jobTokenScopeEnabled = false;
  expect(await look()).toEqual({ ...common, limited: false });
});

test('a list of several pages is read to its end', async () => {
  for (let i = 0; i < 150; i++) team.gitlab.allowJobTokens(team.base, team.gitlab.addProject(`many/p${i}`));
  const last = team.gitlab.addProject('many/last');
  team.gitlab.allowJobTokens(team.base, last);
  team.gitlab.addMember(last, team.ana, 30);
  const log = pull().replace('/builds/shop/api/', '/builds/many/last/');
  expect(await jobToken.look(team.scene(log))).toMatchObject({ listed: { kind: 'project', path: 'many/last' } });
});

test('who started the job', async () => {
  const job = team.gitlab.addJob(team.api, { user: team.gitlab.addUser({ username: 'bob' }) });
  expect(await jobToken.look(team.scene(pull(`${team.gitlab.url}/shop/api/-/jobs/${job.id}`)))).toMatchObject({
    starter: { username: 'bob', level: 0 },
  });
});

test('is told to Developers of the image’s project only', async () => {
  team.gitlab.memberships.splice(
    team.gitlab.memberships.findIndex(({ holder }) => holder === team.base),
    1,
  );
  const from = team.gitlab.requests.length;
  await expect(jobToken.look(team.scene(pull()))).rejects.toThrow('you are no Developer in it');
  expect(team.gitlab.requests.slice(from).filter(({ path }) => path.includes('job_token_scope'))).toEqual([]);
});

test('where Registrar is no Maintainer, that is said', async () => {
  team.bot.admin = false;
  for (const project of [team.base, team.api]) team.gitlab.addMember(project, team.bot, 30);
  await expect(jobToken.look(team.scene(pull()))).rejects.toThrow('Registrar is no Maintainer there');
});

test('other credentials, and the job’s own project, are another matter', async () => {
  expect(await jobToken.look(team.scene(jobLog(...loginAs('ana'), ...pullOf('platform/base'))))).toBeUndefined();
  const own = jobLog(...loginAs('gitlab-ci-token'), ...pullOf('shop/api'));
  expect(await jobToken.look(team.scene(own))).toBeUndefined();
});
