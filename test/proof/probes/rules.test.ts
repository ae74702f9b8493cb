import { rules } from '../../../src/proof/probes/rules.js';
import { jobLog, loginAs, pullOf, pushOf } from '../../logs/job.js';
import { startTeam, type Team } from './team.js';

let team: Team;

beforeEach(async () => {
  team = await startTeam();
});

afterEach(() => team.stop());

const FORBIDDEN = 'denied: Pushing to protected repository path forbidden';
const push = (path: string, user = 'ana') => jobLog(...loginAs(user), ...pushOf(path, FORBIDDEN));

test('rules that match the path or the tag, with what they ask for and who pushed', async () => {
  team.gitlab.addProtectionRule(team.api, 'shop/api/release*');
  team.gitlab.addProtectionRule(team.api, 'shop/api/other', { push: 'owner' });
  team.gitlab.addProtectionRule(team.api, 'shop/api/*', { delete: 'admin' });
  team.gitlab.addTagRule(team.api, '^\\d+$', 'owner');
  team.gitlab.addTagRule(team.api, '^v', 'admin');
  expect(await rules.look(team.scene(push('shop/api/Release-1'.toLowerCase())))).toEqual({
    project: 'shop/api',
    matching: [
      { of: 'repository', pattern: 'shop/api/release*', minimum: 'maintainer', level: 40 },
      { of: 'tag', pattern: '^\\d+$', minimum: 'owner', level: 50 },
    ],
    unseen: [],
    who: { is: 'user', username: 'ana', level: 30 },
  });
});

test('what GitLab does not show is said', async () => {
  team.gitlab.fail('GET /api/v4/projects/*/registry/protection/tag/rules', 404, 1, {
    body: '{"error":"404 Not Found"}',
  });
  expect(await rules.look(team.scene(push('shop/api')))).toMatchObject({ matching: [], unseen: ['tag'] });
  team.bot.admin = false;
  team.gitlab.addMember(team.api, team.bot, 30);
  expect(await rules.look(team.scene(push('shop/api')))).toMatchObject({ unseen: ['repository', 'tag'] });
});

test('a deploy token, and the user who started the job', async () => {
  const { username } = team.gitlab.addDeployToken(team.api, { name: 'ci', scopes: ['write_registry'] });
  expect(await rules.look(team.scene(push('shop/api', username)))).toMatchObject({ who: { is: 'deploy-token' } });
  const job = team.gitlab.addJob(team.api, { user: team.ana });
  const log = (at: string) => push('shop/api', `gitlab-ci-token\nJob ${at}/shop/api/-/jobs/${job.id}`);
  expect(await rules.look(team.scene(log(team.gitlab.url)))).toMatchObject({
    who: { is: 'user', username: 'ana', level: 30 },
  });
  expect(await rules.look(team.scene(log('https://gitlab.other.example')))).not.toHaveProperty('who');
});

test('only a push to a name of this registry is worth it', async () => {
  const from = team.gitlab.requests.length;
  expect(await rules.look(team.scene(jobLog(...loginAs('ana'), ...pullOf('shop/api'))))).toBeUndefined();
  expect(await rules.look(team.scene(jobLog(...pushOf('shop/api', FORBIDDEN, 'quay.example'))))).toBeUndefined();
  expect(team.gitlab.requests.slice(from)).toEqual([]);
});
