import { type GitLab, openGitLab } from '../../src/gitlab/client.js';
import type { Owner } from '../../src/gitlab/schema.js';
import { createHttp } from '../../src/http.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import type { Project, User } from '../lab/gitlab/model.js';

let pair: Awaited<ReturnType<typeof makeSigningPair>>;
let double: GitLabDouble;
let gitlab: GitLab;
let bot: User;
let project: Project;
let owner: Owner;
const http = createHttp();

beforeAll(async () => {
  pair = await makeSigningPair();
});

afterAll(() => http.close());

beforeEach(async () => {
  double = await startGitLab({ signingKeyPem: pair.keyPem, certificatePem: pair.certificatePem });
  bot = double.addUser({ username: 'registrar-bot' });
  project = double.addProject('shop/api');
  double.addMember(project.group, bot, 50);
  const { token } = double.addPersonalToken(bot, { scopes: ['api'], name: 'registrar', expiresAt: '2999-01-02' });
  gitlab = openGitLab(double.url, token, http);
  owner = { kind: 'project', id: project.id, path: project.fullPath };
});

afterEach(() => double.stop());

describe('reads', () => {
  test('the instance and Registrar’s own token', async () => {
    expect(await gitlab.version()).toBe('18.11.0');
    expect(await gitlab.ownUser()).toMatchObject({ id: bot.id, username: 'registrar-bot', state: 'active' });
    expect(await gitlab.ownToken()).toMatchObject({ name: 'registrar', scopes: ['api'], expires_at: '2999-01-02' });
  });

  test('whose its token is: once, unless there was no answer', async () => {
    const calls = () => double.requests.filter(({ path }) => path === '/api/v4/user').length;
    double.fail('/api/v4/user', 502);
    await expect(gitlab.ownUser()).rejects.toMatchObject({ code: 'gitlab-unreachable' });
    await Promise.all([gitlab.ownUser(), gitlab.ownUser()]);
    await gitlab.ownUser();
    expect(calls()).toBe(2);
  });

  test('one variable, by its key and its scope', async () => {
    const key = 'TOKEN';
    double.addVariable(project, { key, value: 'of all' });
    double.addVariable(project, { key, value: 'of production', environment_scope: 'production' });
    double.addVariable(project, { key: 'HIDDEN', value: 'unseen-value', masked: true, hidden: true });
    double.addVariable(project.group, { key, value: 'of the group' });
    double.addVariable('instance', { key, value: 'of the instance' });
    bot.admin = true;
    const group: Owner = { kind: 'group', id: project.group.id, path: 'shop' };
    const instance = { kind: 'instance' as const, id: 0, path: '' };
    const all = { key, environment_scope: '*' };
    expect(await gitlab.variable(owner, all)).toMatchObject({ value: 'of all', environment_scope: '*' });
    expect(await gitlab.variable(owner, { key, environment_scope: 'production' })).toMatchObject({
      value: 'of production',
    });
    expect(await gitlab.variable(owner, { key, environment_scope: 'prod*' })).toBeUndefined();
    expect(await gitlab.variable(owner, { ...all, key: 'HIDDEN' })).toMatchObject({ value: null, hidden: true });
    expect(await gitlab.variable(group, all)).toMatchObject({ value: 'of the group' });
    expect(await gitlab.variable(instance, all)).toMatchObject({ value: 'of the instance' });
    expect(await gitlab.variable(group, { ...all, key: 'NONE' })).toBeUndefined();
  });

  test('a project by its path, and nothing where there is none or it is invisible', async () => {
    double.addProject('secret/thing');
    expect(await gitlab.project('shop/api')).toMatchObject({ id: project.id, path_with_namespace: 'shop/api' });
    expect(await gitlab.project('secret/thing')).toBeUndefined();
    expect(await gitlab.project('shop/none')).toBeUndefined();
  });

  test('a user, a role also when inherited, a group, repositories', async () => {
    const ana = double.addUser({ username: 'ana' });
    double.addMember(project, ana, 30);
    expect(await gitlab.user('ana')).toMatchObject({ id: ana.id });
    expect(await gitlab.user('nobody')).toBeUndefined();
    expect(await gitlab.accessLevel(project.id, ana.id)).toBe(30);
    expect(await gitlab.accessLevel(project.id, bot.id)).toBe(50);
    expect(await gitlab.accessLevel(project.id, 999)).toBeUndefined();
    expect(await gitlab.group(project.group.id)).toMatchObject({ full_path: 'shop' });
    double.ensureRepository(project, 'shop/api/worker');
    expect(await gitlab.repositories(project.id)).toEqual(['shop/api/worker']);
  });

  test('a repository by its path, and a tag of it', async () => {
    for (let i = 0; i < 250; i++) double.ensureRepository(project, `shop/api/r${i}`);
    const found = await gitlab.findRepository(project.id, 'Shop/api/r240');
    if (found === undefined || found === 'too-many') throw new Error('not found');
    expect(found.path).toBe('shop/api/r240');
    expect(await gitlab.findRepository(project.id, 'shop/api/none')).toBeUndefined();
    double.addTag(project, 'shop/api/r240', '1.0');
    expect(await gitlab.tag(project.id, found.id, '1.0')).toMatchObject({ name: '1.0', created_at: expect.anything() });
    expect(await gitlab.tag(project.id, found.id, '2/../1.0')).toBeUndefined();
    for (let i = 250; i < 400; i++) double.ensureRepository(project, `shop/api/r${i}`);
    expect(await gitlab.findRepository(project.id, 'shop/api/none')).toBe('too-many');
  });

  test('protection rules, and nothing where the bot is no Maintainer or GitLab is older', async () => {
    double.addProtectionRule(project, 'shop/api/*', { push: 'owner' });
    double.addTagRule(project, '^v');
    expect(await gitlab.repositoryRules(project.id)).toEqual([
      { repository_path_pattern: 'shop/api/*', minimum_access_level_for_push: 'owner' },
    ]);
    expect(await gitlab.tagRules(project.id)).toEqual([
      { tag_name_pattern: '^v', minimum_access_level_for_push: 'maintainer' },
    ]);
    const open = double.addProject('open/thing', { visibility: 'public' });
    expect(await gitlab.repositoryRules(open.id)).toBeUndefined();
    double.fail('GET /api/v4/projects/*/tag/rules', 404, 1, { body: '{"error":"404 Not Found"}' });
    expect(await gitlab.tagRules(project.id)).toBeUndefined();
  });

  test('whose job tokens a project lets in', async () => {
    const other = double.addProject('platform/tools');
    double.allowJobTokens(project, other);
    project.jobTokenGroups.add(other.group.id);
    expect(await gitlab.jobTokenScope(project.id)).toEqual({
      limited: true,
      projects: ['shop/api', 'platform/tools'],
      groups: ['platform'],
    });
    project.jobTokenScopeEnabled = false;
    expect(await gitlab.jobTokenScope(project.id)).toEqual({ limited: false, projects: [], groups: [] });
    expect(await gitlab.jobTokenScope(double.addProject('o/t', { visibility: 'public' }).id)).toBeUndefined();
  });

  test('who started a job', async () => {
    const job = double.addJob(project, { user: bot });
    expect((await gitlab.job(project.id, job.id))?.user).toMatchObject({ username: 'registrar-bot' });
    expect((await gitlab.job(project.id, double.addJob(project).id))?.user).toBeNull();
    expect(await gitlab.job(project.id, 999)).toBeUndefined();
  });

  test('every page of deploy tokens and of variables', async () => {
    for (let i = 0; i < 250; i++) {
      double.addDeployToken(project, { name: `t${i}`, scopes: ['read_registry'] });
      double.addVariable(project, { key: `V${i}`, value: `${i}` });
    }
    const tokens = await gitlab.deployTokens(owner);
    expect(new Set(tokens.map(({ id }) => id)).size).toBe(250);
    const variables = await gitlab.variables(owner);
    expect(new Set(variables.map(({ key }) => key)).size).toBe(250);
    expect(double.requests.filter(({ path }) => path.includes('per_page=100'))).toHaveLength(6);
  });

  test('a group’s deploy tokens and variables', async () => {
    double.addDeployToken(project.group, { name: 'of the group', scopes: ['read_registry'] });
    double.addVariable(project.group, { key: 'G', value: 'g' });
    const group: Owner = { kind: 'group', id: project.group.id, path: 'shop' };
    expect(await gitlab.deployTokens(group)).toMatchObject([{ name: 'of the group' }]);
    expect(await gitlab.variables(group)).toMatchObject([{ key: 'G', value: 'g' }]);
  });

  test('a group by its path, a role in it, what is below it', async () => {
    const ana = double.addUser({ username: 'ana' });
    double.addMember(project.group, ana, 30);
    expect(await gitlab.groupByPath('shop')).toMatchObject({ id: project.group.id, full_path: 'shop' });
    expect(await gitlab.groupByPath('shop/none')).toBeUndefined();
    expect(await gitlab.groupAccessLevel(project.group.id, ana.id)).toBe(30);
    expect(await gitlab.groupAccessLevel(project.group.id, 999)).toBeUndefined();
    const deep = double.addProject('shop/team/deep/thing');
    double.addProject('shop/old').archived = true;
    double.addProject('shopping/other');
    expect(await gitlab.groupByPath('shop/team/deep')).toMatchObject({ id: deep.group.id });
    expect((await gitlab.subgroups(project.group.id)).map((one) => one.full_path).sort()).toEqual([
      'shop/team',
      'shop/team/deep',
    ]);
    expect((await gitlab.projectsBelow(project.group.id)).map((one) => one.path_with_namespace).sort()).toEqual([
      'shop/api',
      'shop/team/deep/thing',
    ]);
  });

  test('every page of what is below a group', async () => {
    for (let i = 0; i < 250; i++) double.addProject(`shop/g${i}/p`);
    expect(new Set((await gitlab.projectsBelow(project.group.id)).map(({ id }) => id)).size).toBe(251);
    expect(new Set((await gitlab.subgroups(project.group.id)).map(({ id }) => id)).size).toBe(250);
  });

  test('every project, by keyset', async () => {
    for (let i = 0; i < 250; i++) double.addProject(`shop/p${i}`);
    double.addProject('secret/thing');
    const all = await gitlab.allProjects();
    expect(all.map(({ id }) => id)).toEqual(Array.from({ length: 251 }, (_, i) => i + 1));
    expect(all[0]).toMatchObject({ path_with_namespace: 'shop/api', namespace: { kind: 'group', full_path: 'shop' } });
    const asked = double.requests.filter(({ path }) => path.startsWith('/api/v4/projects?'));
    expect(asked).toHaveLength(3);
    expect(asked.every(({ path }) => path.includes('pagination=keyset') && path.includes('per_page=100'))).toBe(true);
    bot.admin = true;
    expect(await gitlab.allProjects()).toHaveLength(252);
  });

  test('variables of the instance: for an administrator only', async () => {
    double.addVariable('instance', { key: 'EVERYWHERE', value: 'first-value' });
    const instance = { kind: 'instance', id: 0, path: 'the instance' } as const;
    await expect(gitlab.variables(instance)).rejects.toMatchObject({ code: 'gitlab-forbidden', status: 403 });
    bot.admin = true;
    expect(await gitlab.variables(instance)).toMatchObject([{ key: 'EVERYWHERE', environment_scope: '*' }]);
  });

  test('all deploy tokens of the instance: for an administrator only', async () => {
    double.addDeployToken(project, { name: 'a', scopes: ['read_registry'] });
    expect(await gitlab.allDeployTokens()).toBeUndefined();
    bot.admin = true;
    expect(await gitlab.allDeployTokens()).toMatchObject([{ name: 'a' }]);
  });

  test('a hidden variable, whose value nobody can read', async () => {
    double.addVariable(project, { key: 'HIDDEN', value: 'hunter2hunter2', hidden: true });
    expect(await gitlab.variables(owner)).toMatchObject([{ key: 'HIDDEN', value: null, hidden: true, masked: true }]);
  });
});

describe('writes', () => {
  test('a deploy token, whose secret is told once', async () => {
    const made = await gitlab.createDeployToken(owner, {
      name: 'ci push',
      scopes: ['read_registry', 'write_registry'],
      username: 'pusher',
      expires_at: '2999-05-06T00:00:00Z',
    });
    expect(made).toMatchObject({ name: 'ci push', username: 'pusher', token: double.findDeployToken(made.id)?.token });
    expect(made.expires_at).toMatch(/^2999-05-06/);
    expect(made.scopes.sort()).toEqual(['read_registry', 'write_registry']);
  });

  test('a deploy token without a user name or an end gets GitLab’s own', async () => {
    const made = await gitlab.createDeployToken(owner, { name: 'a', scopes: ['read_registry'] });
    expect(made).toMatchObject({ username: `gitlab+deploy-token-${made.id}`, expires_at: null });
  });

  test('a deploy token goes once; that it was gone already is no error', async () => {
    const { id } = double.addDeployToken(project, { name: 'a', scopes: ['read_registry'] });
    expect(await gitlab.deleteDeployToken(owner, id)).toBe(true);
    expect(await gitlab.deleteDeployToken(owner, id)).toBe(false);
    expect(double.deployTokens).toEqual([]);
  });

  test('a deploy token that the bot does not see any more is not gone for that', async () => {
    const { id } = double.addDeployToken(project, { name: 'a', scopes: ['read_registry'] });
    double.removeMember(project.group, bot);
    await expect(gitlab.deleteDeployToken(owner, id)).rejects.toMatchObject({ code: 'gitlab-not-found' });
    expect(double.deployTokens).toHaveLength(1);
  });

  test.each([
    { variable_type: 'file', protected: true, masked: false, raw: true, environment_scope: 'production/*' },
    { variable_type: 'env_var', protected: false, masked: true, raw: false, environment_scope: '*' },
    { masked: true, hidden: true, protected: true, environment_scope: 'review/[a b]&c=d' },
  ] as const)('a variable’s value alone changes: %j', async (flags) => {
    double.addVariable(project, { key: 'PASSWORD', value: 'first-value', description: 'ours', ...flags });
    double.addVariable(project, { key: 'PASSWORD', value: 'of-another-scope', environment_scope: 'other' });
    const before = { ...double.findVariable(project, 'PASSWORD', flags.environment_scope) };
    const [variable] = await gitlab.variables(owner);
    if (variable === undefined) throw new Error('no variable');
    await gitlab.updateVariable(owner, variable, 'second-value');
    expect(double.findVariable(project, 'PASSWORD', flags.environment_scope)).toEqual({
      ...before,
      value: 'second-value',
    });
    expect(double.findVariable(project, 'PASSWORD', 'other')?.value).toBe('of-another-scope');
  });

  test('a group’s variable', async () => {
    double.addVariable(project.group, { key: 'PASSWORD', value: 'first-value', protected: true, masked: true });
    const group: Owner = { kind: 'group', id: project.group.id, path: 'shop' };
    const [variable] = await gitlab.variables(group);
    if (variable === undefined) throw new Error('no variable');
    await gitlab.updateVariable(group, variable, 'second-value');
    expect(double.findVariable(project.group, 'PASSWORD')).toMatchObject({
      value: 'second-value',
      protected: true,
      masked: true,
    });
  });

  test('a variable of the instance', async () => {
    bot.admin = true;
    double.addVariable('instance', { key: 'PASSWORD', value: 'first-value', protected: true, masked: true, raw: true });
    const instance = { kind: 'instance', id: 0, path: 'the instance' } as const;
    const [variable] = await gitlab.variables(instance);
    if (variable === undefined) throw new Error('no variable');
    await gitlab.updateVariable(instance, variable, 'second-value');
    expect(double.findVariable('instance', 'PASSWORD')).toMatchObject({
      value: 'second-value',
      protected: true,
      masked: true,
      raw: true,
    });
  });
});
