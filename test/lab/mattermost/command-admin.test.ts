import { client, integration, type Says } from './client.js';
import { type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;
let app: Awaited<ReturnType<typeof integration>>;
let answer: Says;

async function start(options: MattermostOptions = {}) {
  const settings = { AllowedUntrustedInternalConnections: '127.0.0.1', ...options.settings };
  mm = await startMattermost({ ...options, settings });
  app = await integration(() => answer);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const anna = mm.addUser({ username: 'anna' });
  const bob = mm.addUser({ username: 'bob' });
  for (const who of [anna, bob]) mm.join(who, ops);
  const command = mm.addCommand(team, 'registry', `${app.url}/mattermost/command`);
  return { team, ops, anna, bob, command };
}

const sent = (index = -1) => new URLSearchParams(app.received.at(index)?.body ?? '');

beforeEach(() => {
  answer = { body: { text: 'looking', skip_slack_parsing: true } };
});
afterEach(async () => {
  await app.stop();
  await mm.stop();
});

describe('managing commands', () => {
  async function manage() {
    const all = await start();
    const admin = mm.addUser({ username: 'boss' });
    mm.joinTeam(admin, all.team, 'team_user team_admin');
    const api = client(mm.url, admin.token);
    const body = { team_id: all.team.id, trigger: 'Reg', method: 'P', url: `${app.url}/x` };
    return { ...all, api, body };
  }

  test('a new one has a token; what it completes is echoed once and never known again', async () => {
    const { api, body, ops, anna, team } = await manage();
    const made = await api('POST', '/commands', { ...body, autocomplete_data: { Trigger: 'reg' } });
    expect(made).toMatchObject({ status: 201, json: { trigger: 'reg', autocomplete_data: { Trigger: 'reg' } } });
    expect(made.json.token).toMatch(/^[a-z0-9]{26}$/);
    const list = await api('GET', `/commands?team_id=${team.id}&custom_only=true`);
    expect(list.text).toContain(String(made.json.id));
    expect(list.text).not.toContain('autocomplete_data');
    const { token } = (await api('PUT', `/commands/${made.id}/regen_token`)).json;
    expect(token).not.toBe(made.json.token);
    await anna.runs('/reg', ops);
    expect(sent().get('token')).toBe(token);
    expect((await api('DELETE', `/commands/${made.id}`)).status).toBe(200);
    expect((await api('GET', `/commands/${made.id}`)).id).toBe('store.sql_command.get.missing.app_error');
  });

  test.each([
    [{ trigger: 'registry' }, 'api.command.duplicate_trigger.app_error'],
    [{ trigger: 'help' }, 'api.command.duplicate_trigger.app_error'],
    [{ trigger: '/x' }, 'model.command.is_valid.trigger.app_error'],
    [{ trigger: '' }, 'model.command.is_valid.trigger.app_error'],
    [{ url: '' }, 'model.command.is_valid.url.app_error'],
    [{ url: 'ftp://x' }, 'model.command.is_valid.url_http.app_error'],
    [{ method: 'X' }, 'model.command.is_valid.method.app_error'],
    [{ display_name: 'x'.repeat(65) }, 'model.command.is_valid.display_name.app_error'],
    [{ description: 'x'.repeat(129) }, 'model.command.is_valid.description.app_error'],
  ])('%j is refused with %s', async (change, id) => {
    const { api, body } = await manage();
    expect(await api('POST', '/commands', { ...body, ...change })).toMatchObject({ status: 400, id });
  });

  test('it takes a right in that team, and commands that are on', async () => {
    const { anna, api, body } = await manage();
    expect((await client(mm.url, anna.token)('POST', '/commands', body)).status).toBe(403);
    mm.settings.EnableCommands = false;
    expect(await api('POST', '/commands', body)).toMatchObject({ status: 501, id: 'api.command.disabled.app_error' });
  });
});
