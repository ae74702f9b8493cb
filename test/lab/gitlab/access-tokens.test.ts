import { advance, ask, call, gitlab, granted, shop, team, useGitLab } from './bench.js';

useGitLab();

const web = '/api/v4/groups/acme%2Fweb';
const body = { name: 'ci', scopes: ['read_registry', 'write_registry'], access_level: 30, expires_at: '2027-08-05' };
const both = 'repository:acme/web/shop/app:pull,push';

describe('access tokens of projects and groups', () => {
  it.each([
    [shop, 'maintainer', 'project'],
    [web, 'owner', 'group'],
  ] as const)('have a bot with a role: %s', async (path, role, kind) => {
    const tokens = team();
    const created = await call('POST', `${path}/access_tokens`, { token: tokens[role], body });
    expect(created).toMatchObject({
      status: 201,
      body: {
        ...{ name: 'ci', scopes: body.scopes, access_level: 30, expires_at: '2027-08-05', last_used_at: null },
        ...{ active: true, revoked: false, resource_type: kind, token: expect.stringMatching(/^glpat-/) },
      },
    });
    const { id, token, user_id } = created.body as { id: number; token: string; user_id: number };
    expect(gitlab.users.find((one) => one.id === user_id)).toMatchObject({
      bot: true,
      username: expect.stringMatching(new RegExp(`^${kind}_\\d+_bot_[0-9a-f]{32}$`)),
    });
    advance(1000);
    expect(await granted(['whoever', token], both)).toBe('acme/web/shop/app:pull,push');
    const shown = await call('GET', `${path}/access_tokens/${id}`, { token: tokens[role] });
    expect(shown.body).toMatchObject({ last_used_at: '2026-08-05T10:00:01.000Z' });
    expect(shown.body).not.toHaveProperty('token');
    expect((await call('DELETE', `${path}/access_tokens/${id}`, { token: tokens[role] })).status).toBe(204);
    expect((await ask(['whoever', token])).status).toBe(401);
    expect((await call('GET', `${path}/access_tokens`, { token: tokens[role] })).body).toMatchObject([
      { id, active: false, revoked: true },
    ]);
  });

  it('grant what the bot’s role allows', async () => {
    const { project } = team();
    const { token } = gitlab.addAccessToken(project, { name: 'n', scopes: body.scopes, level: 20 });
    expect(await granted(['x', token], both)).toBe('acme/web/shop/app:pull');
    const other = gitlab.addProject('acme/web/other');
    const group = gitlab.addAccessToken(project.group, { name: 'n', scopes: ['read_registry'], level: 30 });
    expect(await granted(['x', group.token], `repository:${other.fullPath}:pull`)).toBe('acme/web/other:pull');
    expect(await granted(['x', token], `repository:${other.fullPath}:pull`)).toBe('');
  });

  it('take a role, which GitLab says in its own ways', async () => {
    const { developer, maintainer, admin, project } = team();
    const { id } = gitlab.addAccessToken(project, { name: 'n', scopes: ['api'] });
    for (const [path, token] of [
      [shop, developer],
      [web, maintainer],
    ] as const) {
      expect((await call('GET', `${path}/access_tokens`, { token })).status).toBe(401);
      expect(await call('POST', `${path}/access_tokens`, { token, body })).toMatchObject({
        status: 400,
        body: { message: expect.stringMatching(/^400 Bad request - User does not have permission to create/) },
      });
    }
    expect(await call('DELETE', `${shop}/access_tokens/${id}`, { token: developer })).toMatchObject({ status: 400 });
    expect(await call('POST', `${shop}/access_tokens/${id}/rotate`, { token: developer })).toMatchObject({
      status: 401,
    });
    expect(await call('POST', `${shop}/access_tokens/999/rotate`, { token: admin })).toMatchObject({ status: 404 });
    expect(await call('GET', `${shop}/access_tokens/999`, { token: admin })).toMatchObject({
      status: 404,
      body: { message: '404 project Access Token Not Found' },
    });
  });

  it('are validated', async () => {
    const { maintainer } = team();
    const table: [unknown, unknown][] = [
      [{}, { error: 'name is missing, scopes is missing' }],
      [{ ...body, scopes: ['push'] }, { error: 'scopes does not have a valid value' }],
      [{ ...body, access_level: 35 }, { error: 'access_level does not have a valid value' }],
      [{ ...body, expires_at: 'soon' }, { error: 'expires_at is invalid' }],
      [{ ...body, expires_at: '2027-08-06' }, { message: '400 Bad request - Expires at must be before 2027-08-05' }],
      [
        { ...body, access_level: 50 },
        { message: expect.stringContaining('permissions not held by the creating user') },
      ],
    ];
    for (const [given, expected] of table) {
      const answer = await call('POST', `${shop}/access_tokens`, { token: maintainer, body: given });
      expect([given, answer.status, answer.body]).toEqual([given, 400, expected]);
    }
    expect(gitlab.personalTokens.filter((one) => one.of !== undefined)).toEqual([]);
    const { expires_at: _, ...endless } = body;
    expect(await call('POST', `${shop}/access_tokens`, { token: maintainer, body: endless })).toMatchObject({
      body: { expires_at: '2027-08-05' },
    });
  });

  it('are revoked at once by a rotation, and by a second one with the whole family', async () => {
    const { maintainer, project } = team();
    const old = gitlab.addAccessToken(project, { name: 'n', scopes: body.scopes });
    const path = `${shop}/access_tokens/${old.id}/rotate`;
    const rotated = await call('POST', path, { token: maintainer });
    expect(rotated).toMatchObject({ status: 200, body: { expires_at: '2026-08-12', token: expect.any(String) } });
    const { token } = rotated.body as { token: string };
    expect((await ask(['x', old.token])).status).toBe(401);
    expect((await ask(['x', token])).status).toBe(200);
    expect((await call('POST', path, { token: maintainer })).status).toBe(400);
    expect((await ask(['x', token])).status).toBe(401);
  });
});

it('groups below a group, for whoever sees them', async () => {
  const { maintainer, outsider } = team();
  gitlab.addProject('acme/web/deep/er/thing');
  const paths = (answer: { body: unknown }) => (answer.body as { full_path: string }[]).map((one) => one.full_path);
  expect(paths(await call('GET', `${web}/descendant_groups`, { token: maintainer }))).toEqual([
    'acme/web/deep',
    'acme/web/deep/er',
  ]);
  expect((await call('GET', `${web}/descendant_groups`, { token: outsider })).status).toBe(404);
});

it('announces what is left of a limit', async () => {
  const { maintainer } = team();
  gitlab.setRateLimit({ limit: 2, windowSeconds: 60, announce: true });
  const { headers } = await call('GET', shop, { token: maintainer });
  expect(Object.fromEntries(headers)).toMatchObject({
    'ratelimit-remaining': '1',
    date: 'Wed, 05 Aug 2026 10:00:00 GMT',
  });
});
