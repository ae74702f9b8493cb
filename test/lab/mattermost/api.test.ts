import { client } from './client.js';
import { type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;

async function start(options: MattermostOptions = {}) {
  mm = await startMattermost(options);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const secret = mm.addChannel(team, 'secret', 'P');
  const bot = mm.addBot('registrar');
  const anna = mm.addUser({ username: 'anna', locale: 'fr', timezone: 'Europe/Paris' });
  mm.join(bot, ops);
  mm.join(anna, ops);
  return { team, ops, secret, bot, anna, api: client(mm.url, bot.token) };
}

afterEach(() => mm.stop());

describe('every call', () => {
  test('an error has five fields, its own request id, and JSON without a charset', async () => {
    await start();
    const api = client(mm.url);
    const first = await api('GET', '/users/me');
    expect(first.status).toBe(401);
    expect(first.json).toEqual({
      id: 'api.context.session_expired.app_error',
      message: expect.any(String),
      detailed_error: '',
      request_id: first.headers.get('x-request-id'),
      status_code: 401,
    });
    expect(first.headers.get('content-type')).toBe('application/json');
    expect(first.headers.get('x-version-id')).toContain('10.11.0');
    const second = await api('GET', '/users/me');
    expect(second.json.request_id).not.toBe(first.json.request_id);
  });

  test.each([
    ['GET', '/nowhere', undefined, 404, 'api.context.404.app_error'],
    ['GET', '/posts/short', undefined, 400, 'api.context.invalid_url_param.app_error'],
    ['POST', '/posts', 'not json', 400, 'api.context.invalid_body_param.app_error'],
    ['POST', '/posts', { message: 'x' }, 400, 'api.context.invalid_body_param.app_error'],
    ['POST', '/posts', 'x'.repeat(300_513), 413, 'api.context.request_body_too_large.app_error'],
    ['GET', `/users/${'a'.repeat(26)}`, undefined, 404, 'app.user.missing_account.const'],
    ['GET', `/channels/${'a'.repeat(26)}`, undefined, 404, 'app.channel.get.existing.app_error'],
    ['GET', `/teams/${'a'.repeat(26)}`, undefined, 404, 'app.team.get.find.app_error'],
    ['GET', '/users/me?access_token=abc', undefined, 401, 'api.context.token_provided.app_error'],
  ])('%s %s is refused with %s %s %s', async (method, path, body, status, id) => {
    const { api } = await start();
    expect(await api(method, path, body)).toMatchObject({ status, id });
  });

  test('ping and the configuration are open to anybody, most of it only to who is logged in', async () => {
    const { api } = await start();
    const anybody = client(mm.url);
    expect((await anybody('GET', '/system/ping')).json).toMatchObject({ status: 'OK' });
    expect((await anybody('GET', '/config/client?format=old')).json.MaxPostSize).toBeUndefined();
    const config = (await api('GET', '/config/client?format=old')).json;
    expect(config).toMatchObject({ MaxPostSize: '16383', SiteURL: mm.url, EnablePostUsernameOverride: 'false' });
  });

  test('below a subpath everything hangs below it', async () => {
    const { bot } = await start({ subpath: '/chat' });
    expect(mm.url).toMatch(/\/chat$/);
    expect((await client(mm.url, bot.token)('GET', '/users/me')).status).toBe(200);
    const root = mm.url.replace('/chat', '');
    expect((await fetch(`${root}/api/v4/system/ping`)).status).toBe(404);
  });

  test('what was asked is on record, in order', async () => {
    const { api, ops } = await start();
    await api('GET', '/users/me');
    await api('POST', '/posts', { channel_id: ops.id, message: 'hi' });
    await api('GET', '/nowhere');
    expect(mm.requests.map((r) => [r.route, r.username, r.status])).toEqual([
      ['GET /users/:user_id', 'registrar', 200],
      ['POST /posts', 'registrar', 201],
      ['GET /nowhere', 'registrar', 404],
    ]);
    expect(mm.requestsOf('POST /posts')[0]?.body).toEqual({ channel_id: ops.id, message: 'hi' });
  });
});

describe('people', () => {
  test('the bot asks who it is, and who others are; locale and zone are strings', async () => {
    const { api, anna, bot } = await start();
    expect((await api('GET', '/users/me')).json).toMatchObject({ id: bot.id, is_bot: true, roles: 'system_user' });
    const seen = (await api('GET', `/users/${anna.id}`)).json;
    expect(seen).toMatchObject({
      locale: 'fr',
      timezone: { useAutomaticTimezone: 'true', automaticTimezone: 'Europe/Paris', manualTimezone: '' },
    });
    expect(JSON.stringify(seen)).not.toContain('password');
    expect((await api('GET', '/users/username/anna')).json.id).toBe(anna.id);
    const ids = await api('POST', '/users/ids', [anna.id, 'a'.repeat(26)]);
    expect(ids.json.list).toMatchObject([{ id: anna.id }]);
    expect((await api('POST', '/users/usernames', ['anna', 'nobody'])).json.list).toHaveLength(1);
  });

  test('an address is blank where addresses are hidden', async () => {
    const { api, anna } = await start({ settings: { ShowEmailAddress: false } });
    expect((await api('GET', `/users/${anna.id}`)).json.email).toBe('');
  });

  test('a login gives its token in a header; a wrong password and a bot are told apart', async () => {
    await start();
    const api = client(mm.url);
    const login = (login_id: string, password: string) => api('POST', '/users/login', { login_id, password });
    const good = await login('anna', 'password-of-anna');
    const me = client(mm.url, good.headers.get('token') ?? '');
    expect((await me('GET', '/users/me')).json.username).toBe('anna');
    expect(await login('anna', 'x')).toMatchObject({
      status: 401,
      id: 'api.user.login.invalid_credentials_email_username',
    });
    expect((await login('registrar', 'x')).id).toBe('api.user.login.bot_login_forbidden.app_error');
    await me('POST', '/users/logout');
    expect((await me('GET', '/users/me')).status).toBe(401);
  });
});

test('a second factor is asked for, and a cookie counts only with the header that says who sends it', async () => {
  await start();
  mm.addUser({ username: 'carl', mfa: '123456' });
  const login = { login_id: 'carl', password: 'password-of-carl' };
  const api = client(mm.url);
  const refused = await api('POST', '/users/login', login);
  expect(refused).toMatchObject({ status: 401, id: 'mfa.validate_token.authenticate.app_error' });
  const good = await api('POST', '/users/login', { ...login, token: '123456' });
  const cookie = good.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  expect(cookie).toMatch(/MMAUTHTOKEN=.*MMUSERID=.*MMCSRF=/);
  const me = async (headers: Record<string, string>) => (await fetch(`${mm.url}/api/v4/users/me`, { headers })).status;
  expect(await me({ cookie })).toBe(401);
  expect(await me({ cookie, 'x-requested-with': 'XMLHttpRequest' })).toBe(200);
});

test('deactivated people are locked out, and with them the bots they own', async () => {
  const { anna } = await start();
  const bot = mm.addBot('hers', { owner: anna });
  mm.setActive(anna, false);
  for (const token of [anna.token, bot.token])
    expect((await client(mm.url, token)('GET', '/users/me')).status).toBe(401);
});

describe('teams and channels', () => {
  test('a public channel may be looked at by its team, a private one is forbidden, not missing', async () => {
    const { api, ops, secret, team, anna } = await start();
    const other = mm.addChannel(team, 'general');
    expect((await api('GET', `/channels/${other.id}`)).json).toMatchObject({ type: 'O', team_id: team.id });
    expect(await api('GET', `/channels/${secret.id}`)).toMatchObject({ status: 403 });
    expect((await api('GET', `/teams/name/platform`)).json.id).toBe(team.id);
    expect((await api('GET', `/teams/${team.id}/channels/name/ops`)).json.id).toBe(ops.id);
    expect((await api('GET', `/channels/${ops.id}/members/${anna.id}`)).json.roles).toBe('channel_user');
    const missing = await api('GET', `/channels/${other.id}/members/${anna.id}`);
    expect(missing).toMatchObject({ status: 404, id: 'app.channel.get_member.missing.app_error' });
  });

  test('a direct channel is one, whoever asks how often', async () => {
    const { api, bot, anna } = await start();
    const first = await api('POST', '/channels/direct', [bot.id, anna.id]);
    const second = await api('POST', '/channels/direct', [anna.id, bot.id]);
    expect(first).toMatchObject({ status: 201, json: { type: 'D', team_id: '' } });
    expect(first.json.name).toBe([bot.id, anna.id].sort().join('__'));
    expect(second.json.id).toBe(first.json.id);
  });

  test('into the team first, then into the channel', async () => {
    const { team, ops } = await start();
    const admin = mm.addUser({ username: 'root', roles: 'system_admin' });
    const newcomer = mm.addBot('newcomer');
    const api = client(mm.url, admin.token);
    const join = () => api('POST', `/channels/${ops.id}/members`, { user_id: newcomer.id });
    expect(await join()).toMatchObject({ status: 404, id: 'app.team.get_member.missing.app_error' });
    const body = { team_id: team.id, user_id: newcomer.id };
    expect((await api('POST', `/teams/${team.id}/members`, body)).status).toBe(201);
    expect((await join()).status).toBe(201);
    expect(ops.members.has(newcomer.id)).toBe(true);
  });
});

test('the configuration is for administrators; it tells which internal addresses are called', async () => {
  const { api } = await start({ settings: { AllowedUntrustedInternalConnections: '10.0.0.0/8' } });
  expect(await api('GET', '/config')).toMatchObject({ status: 403, id: 'api.context.permissions.app_error' });
  const root = mm.addUser({ username: 'root', roles: 'system_admin' });
  expect((await client(mm.url, root.token)('GET', '/config')).json).toMatchObject({
    ServiceSettings: { AllowedUntrustedInternalConnections: '10.0.0.0/8' },
  });
});
