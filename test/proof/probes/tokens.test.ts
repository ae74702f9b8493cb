import { tokens } from '../../../src/proof/probes/tokens.js';
import { jobLog, REGISTRY } from '../../logs/job.js';
import { startTeam, type Team } from './team.js';

let team: Team;

beforeEach(async () => {
  team = await startTeam();
});

afterEach(() => team.stop());

const refused = (user: string) =>
  jobLog(
    `$ docker login -u ${user} --password-stdin ${REGISTRY}`,
    `Error response from daemon: Get "https://${REGISTRY}/v2/": unauthorized: HTTP Basic: Access denied`,
  );
const look = (user: string) => tokens.look({ ...team.scene(refused(user)), history: async () => [] });

test('a token of another project or a group is not taken for one that is gone', async () => {
  const others = team.gitlab.addDeployToken(team.base, { name: 'other', scopes: ['read_registry'] });
  const groups = team.gitlab.addDeployToken(team.api.group, { name: 'group', scopes: ['read_registry'] });
  for (const { username } of [others, groups])
    await expect(look(username)).rejects.toThrow(`${username}, which is no deploy token of shop/api`);
  expect(await look('gitlab+deploy-token-99')).toEqual([]);
});

test('whether one is gone only an administrator sees', async () => {
  team.bot.admin = false;
  team.gitlab.addMember(team.api, team.bot, 40);
  await expect(look('gitlab+deploy-token-99')).rejects.toThrow('which is no deploy token of shop/api');
});
