import { type GitLab, openGitLab } from '../../src/gitlab/client.js';
import type { Owner } from '../../src/gitlab/schema.js';
import { createHttp } from '../../src/http.js';
import { type GitLabDouble, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';
import type { PersonalToken, Project, User } from '../lab/gitlab/model.js';

let pair: Awaited<ReturnType<typeof makeSigningPair>>;
let double: GitLabDouble;
let gitlab: GitLab;
let bot: User;
let own: PersonalToken;
let project: Project;
let owners: Record<'project' | 'group', Owner>;
const http = createHttp();
const now = Date.parse('2026-08-05T10:00:00Z');
const wanted = { name: 'ci push', scopes: ['read_registry'], access_level: 30, expires_at: '2027-08-05' };

beforeAll(async () => {
  pair = await makeSigningPair();
});

afterAll(() => http.close());

beforeEach(async () => {
  const { keyPem: signingKeyPem, certificatePem } = pair;
  double = await startGitLab({ signingKeyPem, certificatePem, clock: () => now });
  bot = double.addUser({ username: 'registrar-bot' });
  project = double.addProject('shop/api');
  double.addMember(project.group, bot, 50);
  own = double.addPersonalToken(bot, { scopes: ['api'], name: 'registrar' });
  gitlab = openGitLab(double.url, own.token, http);
  owners = {
    project: { kind: 'project', id: project.id, path: project.fullPath },
    group: { kind: 'group', id: project.group.id, path: project.group.fullPath },
  };
});

afterEach(() => double.stop());

describe.each(['project', 'group'] as const)('the access tokens of a %s', (kind) => {
  const holder = () => (kind === 'project' ? project : project.group);

  test('are listed with their role and their last use, revoked ones too, on every page', async () => {
    for (let i = 0; i < 120; i++) double.addAccessToken(holder(), { name: `t${i}`, scopes: ['read_registry'] });
    double.addAccessToken(kind === 'project' ? project.group : project, { name: 'elsewhere', scopes: ['api'] });
    const [first, second] = double.personalTokens.filter(({ name }) => /^t\d/.test(name));
    if (first === undefined || second === undefined) throw new Error('no tokens');
    first.revoked = true;
    second.lastUsedAt = now;
    const listed = await gitlab.accessTokens(owners[kind]);
    expect(listed).toHaveLength(120);
    expect(listed[0]).toMatchObject({ id: first.id, name: 't0', active: false, revoked: true, last_used_at: null });
    expect(listed[1]).toMatchObject({
      ...{ id: second.id, active: true, revoked: false, access_level: 40, scopes: ['read_registry'] },
      ...{ user_id: second.user.id, last_used_at: '2026-08-05T10:00:00.000Z', expires_at: '2027-08-05' },
    });
  });

  test('are created, with a secret that is told once', async () => {
    const made = await gitlab.createAccessToken(owners[kind], wanted);
    expect(made).toMatchObject({ ...wanted, active: true, token: double.findAccessToken(made.id)?.token });
    expect(JSON.stringify(await gitlab.accessTokens(owners[kind]))).not.toContain(made.token);
    expect(await gitlab.whose(made.token)).toEqual({
      ...{ id: made.id, name: 'ci push', scopes: ['read_registry'] },
      ...{ user_id: made.user_id, active: true, created_at: made.created_at, expires_at: '2027-08-05' },
    });
  });

  test('are revoked and stay listed; one that nobody knows is gone already', async () => {
    const { id, token } = double.addAccessToken(holder(), { name: 'n', scopes: ['api'] });
    expect(await gitlab.deleteAccessToken(owners[kind], id)).toBe(true);
    expect(await gitlab.whose(token)).toBeUndefined();
    expect(await gitlab.accessTokens(owners[kind])).toMatchObject([{ id, active: false, revoked: true }]);
    expect(await gitlab.deleteAccessToken(owners[kind], 999)).toBe(false);
    expect(double.requests.some(({ path }) => path.includes('rotate'))).toBe(false);
  });

  test('are not gone because the bot does not see them any more', async () => {
    const { id } = double.addAccessToken(holder(), { name: 'n', scopes: ['api'] });
    double.memberships.length = 0;
    await expect(gitlab.deleteAccessToken(owners[kind], id)).rejects.toMatchObject({ code: 'gitlab-not-found' });
    expect(double.findAccessToken(id)).toMatchObject({ revoked: false });
  });

  test('take a role: that it is missing is told as such, not as a dead token', async () => {
    const { id } = double.addAccessToken(holder(), { name: 'n', scopes: ['api'] });
    double.memberships.length = 0;
    double.addMember(holder(), bot, kind === 'project' ? 30 : 40);
    const forbidden = {
      code: 'gitlab-forbidden',
      status: 403,
      retry: 'never',
      forPerson: {
        what: `GitLab does not let Registrar manage the access tokens of ${owners[kind].path}`,
        next: expect.stringContaining(`the role ${kind === 'project' ? 'Maintainer' : 'Owner'} there`),
      },
    };
    await expect(gitlab.accessTokens(owners[kind])).rejects.toMatchObject(forbidden);
    await expect(gitlab.createAccessToken(owners[kind], wanted)).rejects.toMatchObject(forbidden);
    await expect(gitlab.deleteAccessToken(owners[kind], id)).rejects.toMatchObject(forbidden);
    own.revoked = true;
    await expect(gitlab.accessTokens(owners[kind])).rejects.toMatchObject({ code: 'gitlab-refused', status: 401 });
  });
});

test('no role above the bot’s own is given', async () => {
  double.memberships.length = 0;
  double.addMember(project, bot, 40);
  await expect(gitlab.createAccessToken(owners.project, { ...wanted, access_level: 50 })).rejects.toMatchObject({
    code: 'gitlab-forbidden',
    forPerson: { why: expect.stringContaining('permissions not held by the creating user') },
  });
});

test('GitLab’s own words for what it rejects', async () => {
  const late = { ...wanted, expires_at: '2027-08-06' };
  await expect(gitlab.createAccessToken(owners.project, late)).rejects.toMatchObject({
    code: 'gitlab-rejected',
    status: 400,
    forPerson: { why: '400 Bad request - Expires at must be before 2027-08-05' },
  });
});

test('a POST whose answer was lost is not repeated: its token is there, once', async () => {
  double.cutAfter('POST /api/v4/projects/*/access_tokens');
  await expect(gitlab.createAccessToken(owners.project, wanted)).rejects.toMatchObject({ code: 'gitlab-unreachable' });
  expect(await gitlab.accessTokens(owners.project)).toMatchObject([{ name: 'ci push' }]);
});

describe('whose', () => {
  test('is asked with that token alone, of any kind', async () => {
    const ana = double.addUser({ username: 'ana' });
    const { token } = double.addPersonalToken(ana, { scopes: ['read_registry'], name: 'laptop' });
    expect(await gitlab.whose(token)).toMatchObject({ name: 'laptop', user_id: ana.id, active: true });
    expect(own.lastUsedAt).toBeUndefined();
  });

  test.each(['glpat-of-nobody', 'gldt-a-deploy-token', '', 'two words', 'x\r\nPRIVATE-TOKEN: y', 'ä', 'x'.repeat(501)])(
    'nobody’s: %j',
    async (token) => {
      expect(await gitlab.whose(token)).toBeUndefined();
    },
  );
});
