import { client } from './client.js';
import { type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;

async function start(options: MattermostOptions = {}) {
  mm = await startMattermost({ ...options, settings: { EnableBotAccountCreation: true, ...options.settings } });
  const admin = mm.addUser({ username: 'root', roles: 'system_admin' });
  const api = client(mm.url, admin.token);
  const create = (username = 'registrar') => api('POST', '/bots', { username, display_name: 'Registrar' });
  return { admin, api, create };
}

afterEach(() => mm.stop());

test('an administrator makes a bot and its token, which is shown once', async () => {
  const { api, create, admin } = await start();
  const bot = await create();
  expect(bot).toMatchObject({
    status: 201,
    json: { username: 'registrar', display_name: 'Registrar', owner_id: admin.id, delete_at: 0 },
  });
  const id = String(bot.json.user_id);
  const token = await api('POST', `/users/${id}/tokens`, { description: 'Registrar' });
  expect(token).toMatchObject({ status: 201, json: { user_id: id, description: 'Registrar', is_active: true } });
  const own = client(mm.url, String(token.json.token));
  expect((await own('GET', '/users/me')).json).toMatchObject({ id, is_bot: true });
  const list = await api('GET', `/users/${id}/tokens`);
  expect(list.json.list).toMatchObject([{ id: token.json.id }]);
  expect(list.text).not.toContain(String(token.json.token));
});

test('where bots are off, the error says so; people’s tokens are off by themselves', async () => {
  const { api, create, admin } = await start({ settings: { EnableBotAccountCreation: false } });
  expect(await create()).toMatchObject({ status: 403, id: 'api.bot.create_disabled' });
  expect(await api('POST', `/users/${admin.id}/tokens`, { description: 'x' })).toMatchObject({
    status: 501,
    id: 'app.user_access_token.disabled',
  });
  mm.settings.EnableUserAccessTokens = true;
  expect((await api('POST', `/users/${admin.id}/tokens`, { description: 'x' })).status).toBe(201);
});

test.each(['ab', '9lives', 'Upper', 'x'.repeat(23)])('%s is no name for a bot', async (name) => {
  const { create } = await start();
  expect(await create(name)).toMatchObject({ status: 400, id: 'model.bot.is_valid.username.app_error' });
});

test('neither people nor bots make bots, or tokens of others', async () => {
  const { create } = await start();
  const made = await create();
  const anna = mm.addUser({ username: 'anna' });
  const bot = mm.addBot('other', { roles: 'system_admin' });
  for (const token of [anna.token, bot.token]) {
    const api = client(mm.url, token);
    expect(await api('POST', '/bots', { username: 'second' })).toMatchObject({
      status: 403,
      id: 'api.context.permissions.app_error',
    });
  }
  const tokens = await client(mm.url, anna.token)('POST', `/users/${made.json.user_id}/tokens`, { description: 'x' });
  expect(tokens.status).toBe(403);
});

test('the same name twice is refused, and the bot can be found to be used again', async () => {
  const { api, create } = await start();
  const first = await create();
  expect(await create()).toMatchObject({ status: 400, id: 'app.user.save.username_exists.app_error' });
  expect((await api('GET', '/users/username/registrar')).json.id).toBe(first.json.user_id);
  expect((await api('GET', '/bots')).json.list).toMatchObject([{ username: 'registrar' }]);
});

test('a token that is revoked or disabled, and a bot that is, are dead', async () => {
  const { api, create } = await start();
  const id = String((await create()).json.user_id);
  const token = (await api('POST', `/users/${id}/tokens`, { description: 'x' })).json;
  const own = client(mm.url, String(token.token));
  const alive = async () => (await own('GET', '/users/me')).status;
  await api('POST', '/users/tokens/disable', { token_id: token.id });
  expect(await alive()).toBe(401);
  await api('POST', '/users/tokens/enable', { token_id: token.id });
  expect(await alive()).toBe(200);
  expect((await api('POST', `/bots/${id}/disable`)).json.delete_at).toBeGreaterThan(0);
  expect(await alive()).toBe(401);
  expect((await api('GET', '/bots')).json.list).toEqual([]);
  expect((await api('GET', '/bots?include_deleted=true')).json.list).toHaveLength(1);
  await api('POST', `/bots/${id}/enable`);
  expect(await alive()).toBe(200);
  await api('POST', '/users/tokens/revoke', { token_id: token.id });
  expect(await alive()).toBe(401);
});

test('an administrator gives roles; only known ones', async () => {
  const { api } = await start();
  const bot = mm.addBot('registrar');
  const set = (roles: string) => api('PUT', `/users/${bot.id}/roles`, { roles });
  expect((await set('system_user system_post_all')).json).toEqual({ status: 'OK' });
  expect(bot.user.roles).toBe('system_user system_post_all');
  expect((await set('emperor')).status).toBe(400);
  const own = client(mm.url, bot.token);
  expect((await own('PUT', `/users/${bot.id}/roles`, { roles: 'system_admin' })).status).toBe(403);
});

test('the bot with a role for it sends what only one person sees', async () => {
  await start();
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const bot = mm.addBot('registrar', { roles: 'system_quiet' });
  const anna = mm.addUser({ username: 'anna' });
  for (const who of [bot, anna]) mm.join(who, ops);
  mm.grant('system_quiet', 'create_post_ephemeral');
  const post = { channel_id: ops.id, message: 'psst' };
  const sent = await client(mm.url, bot.token)('POST', '/posts/ephemeral', { user_id: anna.id, post });
  expect(sent.status).toBe(201);
});
