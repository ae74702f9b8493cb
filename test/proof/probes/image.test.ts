import { image } from '../../../src/proof/probes/image.js';
import { project } from '../../../src/proof/probes/project.js';
import { jobLog, loginAs, pullOf, pushOf, REGISTRY } from '../../logs/job.js';
import { startTeam, type Team } from './team.js';

let team: Team;

beforeEach(async () => {
  team = await startTeam();
});

afterEach(() => team.stop());

const missing = 'manifest unknown: manifest unknown';

describe('whose a path is', () => {
  const push = (path: string, user = 'gitlab-ci-token') => jobLog(...loginAs(user), ...pushOf(path));

  test('the job’s own project’s', async () => {
    expect(await image.look(team.scene(push('shop/api/worker')))).toEqual({
      name: { host: REGISTRY, path: 'shop/api/worker' },
      registryHost: REGISTRY,
      job: { path: 'shop/api', under: true },
      boundTo: "the job's own token",
      owner: 'shop/api',
    });
  });

  test('another’s, told only to whom may know of it; else it is as if it were not there', async () => {
    const hidden = await image.look(team.scene(push('platform/base')));
    expect(hidden).toMatchObject({ job: { path: 'shop/api', under: false } });
    expect(hidden).not.toHaveProperty('owner');
    expect(await image.look(team.scene(push('platform/none')))).toEqual({
      ...hidden,
      name: { host: REGISTRY, path: 'platform/none' },
    });
    expect(await project.look(team.scene(push('platform/base')))).toEqual({ is: 'found', path: 'shop/api' });
    team.gitlab.addMember(team.base, team.ana, 10);
    expect(await image.look(team.scene(push('platform/base')))).toMatchObject({ owner: 'platform/base' });
    expect(await project.look(team.scene(push('platform/base')))).toEqual({
      is: 'found',
      path: 'shop/api',
      ofImage: 'platform/base',
    });
  });

  test.each(['public', 'internal'] as const)('%s projects everybody may know of', async (visibility) => {
    team.base.visibility = visibility;
    expect(await image.look(team.scene(push('platform/base/jdk/21')))).toMatchObject({ owner: 'platform/base' });
    const channel = { is: 'channel-of', project: 'shop/api' } as const;
    const told = await image.look(team.scene(push('platform/base'), channel));
    expect(told?.owner).toBe(visibility === 'public' ? 'platform/base' : undefined);
  });

  test('with the credentials that are the project’s alone', async () => {
    const token = team.gitlab.addDeployToken(team.api, { name: 'ci push', scopes: ['write_registry'] });
    const others = team.gitlab.addDeployToken(team.base, { name: 'other', scopes: ['write_registry'] });
    team.gitlab.addVariable(team.api, { key: 'REGISTRY_USER', value: token.username });
    team.gitlab.addVariable(team.api, { key: 'SECRET', value: 'hunter2hunter2' });
    for (const user of [token.username, '"$REGISTRY_USER"'])
      expect(await image.look(team.scene(push('shop/web', user)))).toMatchObject({
        boundTo: `deploy token ${token.id} “ci push”`,
      });
    for (const user of [others.username, '"$SECRET"', '"$NONE"', 'ana']) {
      const found = await image.look(team.scene(push('shop/web', user)));
      expect(found).not.toHaveProperty('boundTo');
      expect(JSON.stringify(found)).not.toContain('hunter2');
    }
  });

  test('of another host, nothing is asked', async () => {
    const from = team.gitlab.requests.length;
    const log = jobLog(...loginAs('gitlab-ci-token'), ...pushOf('shop/api', undefined, 'registry.old.example.com'));
    expect(await image.look(team.scene(log))).toEqual({
      name: { host: 'registry.old.example.com', path: 'shop/api' },
      registryHost: REGISTRY,
    });
    expect(team.gitlab.requests.slice(from)).toEqual([]);
  });
});

describe('what is there', () => {
  const pull = jobLog(...loginAs('gitlab-ci-token'), ...pullOf('shop/api/worker', missing));

  test('neither repository nor tag', async () => {
    expect(await image.look(team.scene(pull))).toMatchObject({ repository: 'missing' });
    team.gitlab.addTag(team.api, 'shop/api/worker', '2');
    const found = await image.look(team.scene(pull));
    expect(found).toMatchObject({ repository: 'there', tag: { name: '1', is: 'missing' } });
    team.gitlab.addTag(team.api, 'shop/api/worker', '1');
    expect(await image.look(team.scene(pull))).toMatchObject({
      tag: { name: '1', is: 'there', since: expect.any(String) },
    });
  });

  test('is not looked for where who asks is no Developer', async () => {
    team.gitlab.addMember(team.base, team.ana, 20);
    const log = jobLog(...loginAs('gitlab-ci-token'), ...pullOf('platform/base', missing));
    const found = await image.look(team.scene(log));
    expect(found).toMatchObject({ owner: 'platform/base' });
    expect(found).not.toHaveProperty('repository');
  });

  test('nor before a push, which makes it', async () => {
    const log = jobLog(...loginAs('gitlab-ci-token'), ...pushOf('shop/api/worker'));
    expect(await image.look(team.scene(log))).not.toHaveProperty('repository');
  });
});
