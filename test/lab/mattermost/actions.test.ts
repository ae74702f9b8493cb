import { client, integration, Listener, type Says } from './client.js';
import { type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;
let app: Awaited<ReturnType<typeof integration>>;
let answer: Says;

async function start(options: MattermostOptions = {}) {
  const settings = { AllowedUntrustedInternalConnections: '127.0.0.1', ...options.settings };
  mm = await startMattermost({ ...options, settings });
  answer = { body: {} };
  app = await integration(() => answer);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const bot = mm.addBot('registrar');
  const anna = mm.addUser({ username: 'anna' });
  mm.join(bot, ops);
  mm.join(anna, ops);
  const api = client(mm.url, bot.token);
  const button = (id: string, name: string, context: object = {}) => ({
    id,
    type: 'button',
    name,
    integration: { url: `${app.url}/action`, context },
  });
  const post = async (actions: object[], more: object = {}) => {
    const props = { attachments: [{ text: 'rotate?', actions }], ...more };
    return (await api('POST', '/posts', { channel_id: ops.id, message: 'plan', props })).json as { id: string };
  };
  return { team, ops, bot, anna, api, button, post };
}

const received = () => JSON.parse(app.received.at(-1)?.body ?? '{}') as Record<string, unknown>;

afterEach(async () => {
  await app.stop();
  await mm.stop();
});

describe('a click', () => {
  test('tells who, where and the secret context, but not which button', async () => {
    const { post, button, anna, ops, team } = await start();
    const plan = await post([button('rotate', 'Rotate', { job: '7' })]);
    const got = await anna.clicks(plan, 'Rotate');
    expect(got).toMatchObject({ status: 200, body: { status: 'OK', trigger_id: expect.any(String) } });
    expect(received()).toEqual({
      user_id: anna.id,
      user_name: 'anna',
      channel_id: ops.id,
      channel_name: 'ops',
      team_id: team.id,
      team_domain: 'platform',
      post_id: plan.id,
      trigger_id: expect.any(String),
      type: 'button',
      data_source: '',
      context: { job: '7' },
    });
    expect(app.received[0]?.headers.authorization).toBeUndefined();
  });

  test('no client ever sees the integration, by REST or by socket', async () => {
    const { post, button, api, ops, bot } = await start();
    const socket = new Listener(mm.url, { token: bot.token });
    await socket.event('hello');
    const plan = await post([button('rotate', 'Rotate', { secret: 'sealed' })]);
    await socket.event('posted');
    const list = await api('GET', `/channels/${ops.id}/posts`);
    for (const text of [JSON.stringify(plan), list.text, JSON.stringify(socket.frames)]) {
      expect(text).toContain('rotate');
      expect(text).not.toContain('sealed');
    }
    socket.close();
  });

  test('a menu adds what was chosen; an id left out is made', async () => {
    const { post, anna } = await start();
    const integration = { url: `${app.url}/action`, context: { job: '7' } };
    const options = [{ text: 'One', value: '1' }];
    const plan = await post([{ type: 'select', name: 'Which', options, integration }]);
    await anna.clicks(plan, 'Which', { option: '1' });
    expect(received().context).toEqual({ job: '7', selected_option: '1' });
  });

  test.each(['rotate_token', 'rotate-token'])('on an id like %s does nothing', async (id) => {
    const { post, button, anna } = await start();
    const plan = await post([button(id, 'Rotate')]);
    expect(await anna.clicks(plan, 0)).toMatchObject({ status: 404, error: 'api.context.404.app_error' });
    expect(app.received).toEqual([]);
  });

  test('on what is not there, or not theirs to read, is refused', async () => {
    const { post, button, anna } = await start();
    const plan = await post([button('rotate', 'Rotate')]);
    const path = (id: string) => `/posts/${plan.id}/actions/${id}`;
    expect((await anna.calls('POST', path('other'))).error).toBe('api.post.do_action.action_id.app_error');
    const bob = mm.addUser({ username: 'bob' });
    expect(await bob.calls('POST', path('rotate'))).toMatchObject({ status: 403 });
    const gone = await anna.calls('POST', `/posts/${'a'.repeat(26)}/actions/rotate`);
    expect(gone).toMatchObject({ status: 404, error: 'app.post.get.app_error' });
  });

  test.each<[string, Says]>([
    ['not 200', { status: 500 }],
    ['201', { status: 201 }],
    ['no JSON', { body: 'done' }],
  ])('answered with %s is an error without a reason', async (_, says) => {
    const { post, button, anna } = await start();
    const plan = await post([button('rotate', 'Rotate')]);
    answer = says;
    const got = await anna.clicks(plan, 'Rotate');
    expect(got).toMatchObject({ status: 400, error: 'api.post.do_action.action_integration.app_error' });
  });

  test('broken buttons are stored and shown; a disabled one is the client’s matter', async () => {
    const { post, button, anna } = await start();
    const plan = await post([
      { ...button('go', 'Go'), disabled: true },
      { id: 'nameless', type: 'button' },
    ]);
    expect(mm.problems).toHaveLength(1);
    expect(() => anna.clicks(plan, 'Go')).toThrow('disabled');
    expect((await anna.calls('POST', `/posts/${plan.id}/actions/go`)).status).toBe(200);
  });
});

describe('the answer to a click', () => {
  test('an update replaces: a message left out is blank, props left out stay, files left out are gone', async () => {
    const { api, anna, ops, button } = await start();
    const file = await api('POST', `/files?channel_id=${ops.id}&filename=log.txt`, 'log');
    const id = (file.json.file_infos as { id: string }[])[0]?.id;
    const props = { attachments: [{ actions: [button('go', 'Go')] }] };
    const body = { channel_id: ops.id, message: 'plan', file_ids: [id], props };
    const made = await api('POST', '/posts', body);
    expect(made.json.file_ids).toEqual([id]);
    answer = { body: { update: {} } };
    await anna.clicks(made.id, 'Go');
    expect(mm.post(made.id)).toMatchObject({ message: '', file_ids: [], props: { from_bot: 'true' } });
    answer = { body: { update: { message: 'done', props: {} } } };
    await anna.clicks(made.id, 'Go');
    expect(mm.post(made.id)).toMatchObject({ message: 'done', props: {} });
    expect(mm.post(made.id)?.edit_at).toBeGreaterThan(0);
  });

  test('name and icon follow the old post over new props', async () => {
    const { anna, post, button } = await start();
    const plan = await post([button('go', 'Go')], { override_username: 'Registrar' });
    answer = { body: { update: { message: 'x', props: { override_username: 'Other', step: '2' } } } };
    await anna.clicks(plan, 'Go');
    expect(mm.post(plan.id)?.props).toEqual({ override_username: 'Registrar', step: '2' });
  });

  test('ephemeral_text is for who clicked alone, in the thread', async () => {
    const { anna, ops, post, button, bot } = await start();
    const bob = mm.addUser({ username: 'bob' });
    mm.join(bob, ops);
    const plan = await post([button('go', 'Go')]);
    answer = { body: { ephemeral_text: 'not <https://x.org|yours>' } };
    await anna.clicks(plan, 'Go');
    expect(anna.sees(ops)[1]).toMatchObject({ message: 'not [yours](https://x.org)', root_id: plan.id });
    expect(bob.sees(ops)).toHaveLength(1);
    expect(mm.posted(ops)).toHaveLength(1);
    expect(bot.user.bot).toBeDefined();
  });

  test('an ephemeral post’s button works by its cookie, its update does not', async () => {
    const { anna, ops, team, button } = await start();
    mm.addCommand(team, 'registry', `${app.url}/command`);
    answer = { body: { text: 'sure?', attachments: [{ actions: [button('yes', 'Yes', { job: '7' })] }] } };
    await anna.runs('/registry', ops);
    const [asked] = anna.sees(ops);
    expect(asked).toMatchObject({ ephemeral: true, message: 'sure?' });
    expect(JSON.stringify(asked)).not.toContain('"job"');
    answer = { body: { ephemeral_text: 'done' } };
    expect((await anna.clicks(asked?.id ?? '', 'Yes')).status).toBe(200);
    expect(received()).toMatchObject({ post_id: asked?.id, context: { job: '7' } });
    answer = { body: { update: { message: 'done' } } };
    expect(await anna.clicks(asked?.id ?? '', 'Yes')).toMatchObject({ status: 404, error: 'app.post.get.app_error' });
  });
});
