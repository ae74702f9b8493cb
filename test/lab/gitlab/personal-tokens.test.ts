import { call, gitlab, team, useGitLab } from './bench.js';

useGitLab();

const body = { name: 'registrar', scopes: ['api'], expires_at: '2027-08-05' };

test('an administrator makes one for anybody, whose it then is', async () => {
  const { admin } = team();
  const user = gitlab.addUser({ username: 'bot' });
  const path = `/api/v4/users/${user.id}/personal_access_tokens`;
  const made = await call('POST', path, { token: admin, body });
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'registrar', scopes: ['api'], user_id: user.id, expires_at: '2027-08-05', active: true },
  });
  const { token, id } = made.body as { token: string; id: number };
  expect((await call('GET', '/api/v4/personal_access_tokens/self', { token })).body).toMatchObject({ id });
  const { expires_at: _, ...endless } = body;
  expect((await call('POST', path, { token: admin, body: endless })).body).toMatchObject({ expires_at: '2027-08-05' });
});

test('others make none, not even their own', async () => {
  const { maintainer } = team();
  const user = gitlab.findUser('maintainer');
  const path = `/api/v4/users/${user?.id}/personal_access_tokens`;
  expect((await call('POST', path, { token: maintainer, body })).status).toBe(403);
});

test('they are validated', async () => {
  const { admin } = team();
  const path = `/api/v4/users/${gitlab.findUser('root')?.id}/personal_access_tokens`;
  const table: [string, unknown, number, unknown][] = [
    [path, {}, 400, { error: 'name is missing, scopes is missing' }],
    [path, { ...body, scopes: ['push'] }, 400, { error: 'scopes does not have a valid value' }],
    [path, { ...body, expires_at: 'soon' }, 400, { error: 'expires_at is invalid' }],
    [path, { ...body, expires_at: '2027-08-06' }, 422, { message: expect.stringContaining('2027-08-05') }],
    ['/api/v4/users/999/personal_access_tokens', body, 404, { message: '404 User Not Found' }],
  ];
  for (const [where, given, status, expected] of table) {
    const answer = await call('POST', where, { token: admin, body: given });
    expect([given, answer.status, answer.body]).toEqual([given, status, expected]);
  }
});

test('everybody revokes their own, an administrator anybody’s', async () => {
  const { admin, maintainer, developer } = team();
  const idOf = async (token: string) =>
    ((await call('GET', '/api/v4/personal_access_tokens/self', { token })).body as { id: number }).id;
  const remove = (id: number, token: string) => call('DELETE', `/api/v4/personal_access_tokens/${id}`, { token });
  const [first, second] = [await idOf(maintainer), await idOf(developer)];
  expect(await remove(first, developer)).toMatchObject({ status: 400 });
  expect((await remove(first, maintainer)).status).toBe(204);
  expect((await call('GET', '/api/v4/user', { token: maintainer })).status).toBe(401);
  expect((await remove(second, admin)).status).toBe(204);
  expect((await remove(second, admin)).status).toBe(204);
  expect((await remove(999, admin)).body).toEqual({ message: '404 Not found' });
});

test('they are listed for their owner and for administrators', async () => {
  const { admin, developer } = team();
  const user = gitlab.findUser('developer');
  const list = (query: string, token: string) => call('GET', `/api/v4/personal_access_tokens${query}`, { token });
  expect((await list('', developer)).body).toMatchObject([{ user_id: user?.id }]);
  expect((await list(`?user_id=${user?.id}`, admin)).body).toMatchObject([{ user_id: user?.id }]);
  expect((await list(`?user_id=${gitlab.findUser('root')?.id}`, developer)).status).toBe(401);
  expect(((await list('', admin)).body as unknown[]).length).toBeGreaterThan(5);
});

test('the bot of a project’s token makes no other one', async () => {
  const { project } = team();
  const { token } = gitlab.addAccessToken(project, { name: 'n', scopes: ['api'], level: 50 });
  const path = `/api/v4/projects/${project.id}/access_tokens`;
  const wanted = { name: 'n', scopes: ['api'], access_level: 30, expires_at: '2027-08-01' };
  expect(await call('POST', path, { token, body: wanted })).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('does not have permission to create project access token') },
  });
});
