import { basic, call, gitlab, pair, read, shop, team, tokenOf, useGitLab } from './bench.js';
import { type GitLabDouble, startGitLab } from './double.js';
import { type RealRegistry, startRealRegistry } from './real-registry.js';

useGitLab();

describe('authentication of the API', () => {
  it('refuses as GitLab does', async () => {
    const { maintainer } = team();
    const user = gitlab.findUser('maintainer');
    if (!user) throw new Error('no user');
    const readOnly = gitlab.addPersonalToken(user, { scopes: ['read_api'] }).token;
    const registryOnly = gitlab.addPersonalToken(user, { scopes: ['read_registry'] }).token;
    const expired = gitlab.addPersonalToken(user, { scopes: ['api'], expiresAt: '2026-08-05' }).token;
    const message = { message: '401 Unauthorized' };
    expect(await call('GET', '/api/v4/user')).toMatchObject({ status: 401, body: message });
    expect(await call('GET', '/api/v4/user', { token: 'glpat-wrong' })).toMatchObject({ status: 401, body: message });
    expect(await call('GET', '/api/v4/user', { token: expired })).toMatchObject({
      status: 401,
      body: { error: 'invalid_token' },
    });
    const insufficient = {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
    };
    expect(await call('GET', shop, { token: registryOnly })).toMatchObject({
      status: 403,
      body: { ...insufficient, scope: 'api read_api' },
    });
    expect(await call('DELETE', `${shop}/variables/A`, { token: readOnly })).toMatchObject({
      status: 403,
      body: { ...insufficient, scope: 'api' },
    });
    expect(await call('GET', shop, { token: readOnly })).toMatchObject({ status: 200 });
    const bearer = { authorization: `Bearer ${maintainer}` };
    expect((await fetch(`${gitlab.url}/api/v4/user`, { headers: bearer })).status).toBe(200);
    expect(await call('GET', '/api/v4/personal_access_tokens/self', { token: registryOnly })).toMatchObject({
      body: { scopes: ['read_registry'], active: true, revoked: false, last_used_at: '2026-08-05T10:00:00.000Z' },
    });
    user.blocked = true;
    expect(await call('GET', '/api/v4/user', { token: maintainer })).toMatchObject({ status: 403 });
  });

  it('decides by role', async () => {
    const tokens = team();
    const { project } = tokens;
    const group = `/api/v4/groups/${project.group.id}`;
    const newToken = { name: 'n', scopes: ['read_registry'] };
    type Role = Exclude<keyof typeof tokens, 'project'>;
    const table: [Role, string, string, unknown, number][] = [
      ['outsider', 'GET', shop, undefined, 404],
      ['guest', 'GET', shop, undefined, 200],
      ['developer', 'GET', `${shop}/deploy_tokens`, undefined, 403],
      ['maintainer', 'GET', `${shop}/deploy_tokens`, undefined, 200],
      ['developer', 'POST', `${shop}/deploy_tokens`, newToken, 403],
      ['maintainer', 'POST', `${shop}/deploy_tokens`, newToken, 201],
      ['outsider', 'GET', `${group}/deploy_tokens`, undefined, 404],
      ['maintainer', 'GET', `${group}/deploy_tokens`, undefined, 200],
      ['maintainer', 'POST', `${group}/deploy_tokens`, newToken, 403],
      ['owner', 'POST', `${group}/deploy_tokens`, newToken, 201],
      ['owner', 'GET', '/api/v4/deploy_tokens', undefined, 403],
      ['admin', 'GET', '/api/v4/deploy_tokens', undefined, 200],
      ['developer', 'GET', `${shop}/variables`, undefined, 403],
      ['maintainer', 'GET', `${shop}/variables`, undefined, 200],
      ['maintainer', 'GET', `${group}/variables`, undefined, 403],
      ['owner', 'GET', `${group}/variables`, undefined, 200],
      ['owner', 'GET', '/api/v4/admin/ci/variables', undefined, 403],
      ['admin', 'GET', '/api/v4/admin/ci/variables', undefined, 200],
      ['owner', 'GET', '/api/v4/application/settings', undefined, 403],
      ['admin', 'GET', '/api/v4/application/settings', undefined, 200],
      ['guest', 'GET', `${shop}/registry/repositories`, undefined, 403],
      ['reporter', 'GET', `${shop}/registry/repositories`, undefined, 200],
      ['developer', 'GET', `${shop}/registry/protection/repository/rules`, undefined, 403],
      ['maintainer', 'GET', `${shop}/registry/protection/repository/rules`, undefined, 200],
      ['developer', 'GET', `${shop}/registry/protection/tag/rules`, undefined, 403],
      ['maintainer', 'GET', `${shop}/registry/protection/tag/rules`, undefined, 200],
      ['developer', 'GET', `${shop}/job_token_scope`, undefined, 403],
      ['maintainer', 'GET', `${shop}/job_token_scope`, undefined, 200],
      ['developer', 'GET', `${shop}/job_token_scope/allowlist`, undefined, 403],
      ['maintainer', 'GET', `${shop}/job_token_scope/groups_allowlist`, undefined, 200],
      ['outsider', 'GET', `${shop}/job_token_scope`, undefined, 404],
      ['maintainer', 'GET', `${shop}/audit_events`, undefined, 403],
    ];
    for (const [role, method, path, body, status] of table) {
      const answer = await call(method, path, { token: tokens[role], body });
      expect([role, method, path, answer.status]).toEqual([role, method, path, status]);
    }
    expect(await call('GET', shop, { token: tokens.outsider })).toMatchObject({
      body: { message: '404 Project Not Found' },
    });
    expect(await call('GET', '/api/v4/nothing', { token: tokens.admin })).toMatchObject({
      status: 404,
      body: { error: '404 Not Found' },
    });
  });
});

describe('projects and members', () => {
  it('shows the registry prefix of the present registry', async () => {
    const { maintainer, project } = team();
    expect(await call('GET', `/api/v4/projects/${project.id}`, { token: maintainer })).toMatchObject({
      body: {
        path_with_namespace: 'acme/web/shop',
        container_registry_access_level: 'enabled',
        container_registry_enabled: true,
        container_registry_image_prefix: 'registry.example.com:5050/acme/web/shop',
        permissions: { project_access: null, group_access: { access_level: 40 } },
      },
    });
    gitlab.setRegistry(undefined);
    const { body } = await call('GET', shop, { token: maintainer });
    expect(body).not.toHaveProperty('container_registry_image_prefix');
  });

  it('finds inherited members', async () => {
    const { developer, project } = team();
    const id = gitlab.findUser('maintainer')?.id;
    const stranger = gitlab.findUser('outsider')?.id;
    expect(await call('GET', `${shop}/members/all/${id}`, { token: developer })).toMatchObject({
      body: { access_level: 40, username: 'maintainer' },
    });
    expect(await call('GET', `${shop}/members/all/${stranger}`, { token: developer })).toMatchObject({
      status: 404,
      body: { message: '404 Not found' },
    });
    expect(await call('GET', `/api/v4/groups/acme%2Fweb/members/all/${id}`, { token: developer })).toMatchObject({
      body: { access_level: 40 },
    });
    expect(project.group.parent?.fullPath).toBe('acme');
  });

  it('paginates by offset and by keyset', async () => {
    const { admin } = team();
    for (const name of ['a', 'b', 'c', 'd']) gitlab.addProject(`other/${name}`);
    const first = await call('GET', '/api/v4/projects?per_page=2&simple=true', { token: admin });
    expect(first.body).toHaveLength(2);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-page': '1',
      'x-per-page': '2',
      'x-next-page': '2',
      'x-prev-page': '',
      'x-total': '5',
      'x-total-pages': '3',
      link: expect.stringContaining(`<${gitlab.url}/api/v4/projects?per_page=2&simple=true&page=2>; rel="next"`),
    });
    const last = await call('GET', '/api/v4/projects?per_page=2&page=3', { token: admin });
    expect(last.body).toHaveLength(1);
    expect(last.headers.get('x-next-page')).toBe('');
    const keyset = await call('GET', '/api/v4/projects?pagination=keyset&order_by=id&per_page=3', { token: admin });
    const next = /<([^>]+)>; rel="next"/.exec(keyset.headers.get('link') ?? '')?.[1] ?? '';
    expect(keyset.headers.get('x-total')).toBeNull();
    const rest = await call('GET', next.replace(gitlab.url, ''), { token: admin });
    expect(rest.body).toHaveLength(2);
    expect(rest.headers.get('link')).toBeNull();
  });
});

describe('the rest of the instance', () => {
  it('has pages, health, version, jobs, repositories and users', async () => {
    const { project, reporter, admin } = team();
    const job = gitlab.addJob(project, { status: 'failed', trace: 'denied: access forbidden\n' });
    const repository = gitlab.addTag(project, 'acme/web/shop/app', 'v1');
    const tags = `${shop}/registry/repositories/${repository.id}/tags`;
    const page = await call('GET', '/users/sign_in');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const table: [string, unknown][] = [
      ['/-/readiness', { status: 'ok', master_check: [{ status: 'ok' }] }],
      ['/api/v4/version', expect.objectContaining({ version: '18.11.0' })],
      ['/api/v4/metadata', expect.objectContaining({ version: '18.11.0', enterprise: true })],
      [`${shop}/jobs/${job.id}`, expect.objectContaining({ status: 'failed' })],
      [`${shop}/jobs/${job.id}/trace`, 'denied: access forbidden\n'],
      [
        `${shop}/registry/repositories?tags_count=true`,
        [expect.objectContaining({ path: 'acme/web/shop/app', tags_count: 1 })],
      ],
      [
        tags,
        [{ name: 'v1', path: 'acme/web/shop/app:v1', location: 'registry.example.com:5050/acme/web/shop/app:v1' }],
      ],
      [`${tags}/v1`, expect.objectContaining({ digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) })],
      [`${tags}/v2`, { message: '404 Tag Not Found' }],
      ['/api/v4/users?username=OWNER', [expect.objectContaining({ username: 'owner', state: 'active' })]],
      ['/api/v4/users/999', { message: '404 User Not Found' }],
      ['/api/v4/groups/nothing', { message: '404 Group Not Found' }],
    ];
    for (const [path, expected] of table) {
      expect([path, (await call('GET', path, { token: reporter })).body]).toEqual([path, expected]);
    }
    expect((await call('GET', '/api/v4/application/settings', { token: admin })).body).toMatchObject({
      container_registry_token_expire_delay: 5,
    });
  });

  it('shows audit events with a licence only', async () => {
    const { maintainer } = team();
    const body = { name: 'ci', scopes: ['read_registry'] };
    await call('POST', `${shop}/deploy_tokens`, { token: maintainer, body });
    const events = () => call('GET', `${shop}/audit_events`, { token: maintainer });
    expect((await events()).status).toBe(403);
    gitlab.settings.premium = true;
    expect((await events()).body).toMatchObject([
      { event_name: 'deploy_token_created', created_at: '2026-08-05T10:00:00.000Z' },
    ]);
  });
});

describe("Debian's registry", () => {
  let registry: RealRegistry;
  let live: GitLabDouble;

  beforeAll(async () => {
    live = await startGitLab({ signingKeyPem: pair.keyPem, certificatePem: pair.certificatePem });
    registry = await startRealRegistry({
      realm: `${live.url}/jwt/auth`,
      issuer: 'omnibus-gitlab-issuer',
      certificatePem: pair.certificatePem,
    });
    live.setRegistry(registry.url);
  });

  afterAll(async () => {
    await registry?.stop();
    await live?.stop();
  });

  async function upload(login: readonly [string, string]): Promise<{ status: number; challenge: string | null }> {
    const scope = 'repository:acme/shop/app:pull,push';
    const url = `${live.url}/jwt/auth?service=container_registry&scope=${encodeURIComponent(scope)}`;
    const token = tokenOf(await read(await fetch(url, { headers: basic(...login) })));
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${registry.url}/v2/acme/shop/app/blobs/uploads/`, { method: 'POST', headers });
    return { status: answer.status, challenge: answer.headers.get('www-authenticate') };
  }

  it('accepts the tokens, and refuses those of another key', async () => {
    const project = live.addProject('acme/shop');
    const pusher = live.addDeployToken(project, { name: 'push', scopes: ['read_registry', 'write_registry'] });
    const puller = live.addDeployToken(project, { name: 'pull', scopes: ['read_registry'] });
    expect((await upload([pusher.username, pusher.token])).status).toBe(202);
    expect(await upload([puller.username, puller.token])).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('error="insufficient_scope"'),
    });
    live.breakSigningKey();
    expect(await upload([pusher.username, pusher.token])).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('error="invalid_token"'),
    });
    live.restoreSigningKey();
    live.clockSkewMs = -3_600_000;
    expect((await upload([pusher.username, pusher.token])).status).toBe(401);
    live.clockSkewMs = 0;
    expect((await upload([pusher.username, pusher.token])).status).toBe(202);
  });
});
