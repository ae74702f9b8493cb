import { integration, type Says } from './client.js';
import { createClock, type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

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

describe('what an integration is sent', () => {
  test('a form with the token in two places, the text raw', async () => {
    const { team, ops, anna, bob, command } = await start();
    const root = await anna.posts('root', ops);
    await anna.runs('/REGISTRY diagnose <b> @bob ~ops\n  second line', ops, { root });
    const { headers, method } = app.received[0] ?? { headers: {} };
    expect(method).toBe('POST');
    expect(headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: `Token ${command.token}`,
      'user-agent': 'Mattermost-Bot/1.1',
    });
    const fields = sent();
    expect(Object.fromEntries(fields)).toEqual({
      token: command.token,
      team_id: team.id,
      team_domain: 'platform',
      channel_id: ops.id,
      channel_name: 'ops',
      user_id: anna.id,
      user_name: 'anna',
      command: '/registry',
      text: 'diagnose <b> @bob ~ops\n  second line',
      trigger_id: expect.any(String),
      root_id: root.id,
      response_url: expect.stringMatching(new RegExp(`^${mm.url}/hooks/commands/[a-z0-9]{26}$`)),
      user_mentions: 'bob',
      user_mentions_ids: bob.id,
      channel_mentions: 'ops',
      channel_mentions_ids: ops.id,
    });
  });

  test('in a direct channel the team is that of the open window', async () => {
    const { team, anna, bob } = await start();
    await anna.runs('/registry', mm.direct(anna, bob));
    expect(sent().get('team_id')).toBe(team.id);
    expect(sent().get('text')).toBe('');
  });

  test('a command by GET has it all in its query', async () => {
    const { team, ops, anna } = await start();
    mm.addCommand(team, 'look', `${app.url}/get?x=1`, { method: 'G' });
    await anna.runs('/look here', ops);
    expect(app.received[0]).toMatchObject({ method: 'GET', body: '' });
    expect(new URL(app.received[0]?.path ?? '', app.url).searchParams.get('text')).toBe('here');
  });

  test('the same trigger in two teams has two tokens', async () => {
    const { ops, anna, command } = await start();
    const other = mm.addTeam('other');
    const there = mm.addChannel(other, 'ops');
    mm.join(anna, there);
    const second = mm.addCommand(other, 'registry', command.url);
    await anna.runs('/registry', ops);
    await anna.runs('/registry', there);
    expect([sent(0).get('token'), sent(1).get('token')]).toEqual([command.token, second.token]);
  });
});

describe('what is made of the answer', () => {
  test('an ephemeral one is seen by the asker alone; the client gets it too', async () => {
    const { ops, anna, bob } = await start();
    const got = await anna.runs('/registry status', ops);
    expect(got).toMatchObject({ status: 200, body: { text: 'looking', trigger_id: expect.any(String) } });
    expect(anna.sees(ops)).toMatchObject([{ message: 'looking', ephemeral: true }]);
    expect(bob.sees(ops)).toEqual([]);
  });

  test('one in the channel belongs to who asked', async () => {
    const { ops, anna } = await start();
    answer = { body: { response_type: 'in_channel', text: 'done', username: 'Registrar' } };
    await anna.runs('/registry', ops);
    expect(mm.posted(ops)).toMatchObject([{ user_id: anna.id, message: 'done', props: { from_webhook: 'true' } }]);
    expect(mm.posted(ops)[0]?.props).not.toHaveProperty('override_username');
    mm.settings.EnablePostUsernameOverride = true;
    await anna.runs('/registry', ops);
    expect(mm.posted(ops)[1]?.props).toMatchObject({ override_username: 'Registrar' });
  });

  test('Slack’s marks are undone unless told otherwise, so a log can ping', async () => {
    const { ops, anna, bob } = await start();
    answer = { body: { response_type: 'in_channel', text: '<!channel> <https://x.org|x> <@nobody>' } };
    await anna.runs('/registry', ops);
    expect(mm.posted(ops)[0]?.message).toBe('@channel [x](https://x.org) <@nobody>');
    expect(mm.pinged().map((p) => p.user.id)).toEqual([anna.id, bob.id]);
    answer = { body: { response_type: 'in_channel', text: '<!channel>', skip_slack_parsing: true } };
    await anna.runs('/registry', ops);
    expect(mm.posted(ops)[1]?.message).toBe('<!channel>');
  });

  test('any other type is shown as text; nothing is nothing', async () => {
    const { ops, anna } = await start();
    answer = { type: 'text/plain', body: '{"text":"x"}' };
    await anna.runs('/registry', ops);
    expect(anna.sees(ops).map((p) => p.message)).toEqual(['{"text":"x"}']);
    for (const silent of [
      { type: 'text/plain', body: '' },
      { body: {} },
      { body: { response_type: 'x', text: 'y' } },
    ]) {
      answer = silent;
      expect((await anna.runs('/registry', ops)).status).toBe(200);
    }
    expect(anna.sees(ops)).toHaveLength(1);
    expect(mm.problems).toHaveLength(1);
  });

  test('extra responses are shown as well, goto_location is the client’s to open', async () => {
    const { ops, anna } = await start();
    const extra_responses = [{ response_type: 'in_channel', text: 'two' }];
    answer = { body: { text: 'one', extra_responses, goto_location: 'https://x.org' } };
    const got = await anna.runs('/registry', ops);
    expect(got.body.goto_location).toBe('https://x.org');
    expect(anna.sees(ops).map((p) => p.message)).toEqual(['one', 'two']);
  });

  test.each<[string, Says, string]>([
    ['not 200', { status: 201, body: {} }, 'failed_resp'],
    ['no JSON', { body: '{' }, 'failed'],
    ['an empty body of JSON', { body: '' }, 'failed'],
    ['more than a MiB', { type: 'text/plain', body: 'x'.repeat(1_048_577) }, 'failed'],
    [
      'a text longer than a post',
      { body: { response_type: 'in_channel', text: 'x'.repeat(16_384) } },
      'create_post_failed',
    ],
    ['a channel of others', { body: { text: 'x', channel_id: 'a'.repeat(26) } }, 'create_post_failed'],
  ])('%s fails', async (_, says, why) => {
    const { ops, anna } = await start();
    answer = says;
    expect(await anna.runs('/registry', ops)).toMatchObject({
      status: 500,
      error: `api.command.execute_command.${why}.app_error`,
    });
  });
});

describe('what keeps a command from being run', () => {
  test('nothing answers in time, by the clock', async () => {
    const clock = createClock();
    const { ops, anna } = await start({ clock });
    answer = undefined;
    const got = anna.runs('/registry', ops);
    await mm.waitFor(() => mm.unanswered.length === 1);
    clock.advance(30_000);
    expect(await got).toMatchObject({ status: 500, error: 'api.command.execute_command.failed.app_error' });
    expect(mm.deliveries[0]?.error).toContain('deadline');
  });

  test('an internal address that nobody allowed, as by default', async () => {
    const { ops, anna } = await start({ settings: { AllowedUntrustedInternalConnections: '' } });
    expect(await anna.runs('/registry', ops)).toMatchObject({ status: 500 });
    expect(app.received).toEqual([]);
    expect(mm.deliveries[0]?.error).toContain('address forbidden');
    for (const allowed of ['10.0.0.0/8, 127.0.0.0/8', '127.0.0.1 other']) {
      mm.settings.AllowedUntrustedInternalConnections = allowed;
      expect(await anna.runs('/registry', ops)).toMatchObject({ status: 200 });
    }
  });

  test.each([
    ['registry', 400, 'api.command.execute_command.start.app_error'],
    ['/unknown', 404, 'api.command.execute_command.not_found.app_error'],
  ])('%s is answered %s %s', async (text, status, error) => {
    const { ops, anna } = await start();
    expect(await anna.runs(text, ops)).toMatchObject({ status, error });
  });

  test('commands are off, the SiteURL is empty, the channel archived or not theirs', async () => {
    const { ops, anna, team } = await start();
    const run = async () => (await anna.runs('/registry', ops)).error;
    mm.settings.EnableCommands = false;
    expect(await run()).toBe('api.command.disabled.app_error');
    mm.settings.EnableCommands = true;
    mm.settings.SiteURLSet = false;
    expect(await run()).toBe('api.command.execute_command.site_url_required.app_error');
    mm.archive(ops);
    expect(await run()).toBe('api.command.execute_command.deleted.error');
    const other = mm.addChannel(team, 'other');
    expect(await anna.runs('/registry', other)).toMatchObject({ status: 403 });
  });
});
