import { client, integration, Listener, type Says } from './client.js';
import { createClock, type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;
let app: Awaited<ReturnType<typeof integration>>;
let answer: Says;

const received = () => JSON.parse(app.received.at(-1)?.body ?? '{}') as Record<string, unknown>;

afterEach(async () => {
  await app.stop();
  await mm.stop();
});

const DIALOG = {
  callback_id: 'diagnose',
  title: 'Diagnose',
  state: 'sealed',
  notify_on_cancel: true,
  elements: [
    { display_name: 'Log', name: 'log', type: 'textarea', max_length: 5000 },
    { display_name: 'Why', name: 'why', type: 'text', optional: true },
    { display_name: 'Deep', name: 'deep', type: 'bool', default: 'true' },
  ],
};

async function opened(options: MattermostOptions = {}, dialog: object = DIALOG) {
  const settings = { AllowedUntrustedInternalConnections: '127.0.0.1', ...options.settings };
  mm = await startMattermost({ ...options, settings });
  answer = { body: {} };
  app = await integration(() => answer);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const bot = mm.addBot('registrar');
  const anna = mm.addUser({ username: 'anna' });
  for (const who of [bot, anna]) mm.join(who, ops);
  const actions = [{ id: 'ask', type: 'button', name: 'Ask', integration: { url: `${app.url}/action` } }];
  const post = { channel_id: ops.id, message: 'plan', props: { attachments: [{ actions }] } };
  const plan = await client(mm.url, bot.token)('POST', '/posts', post);
  await anna.clicks(plan.id, 'Ask');
  const trigger_id = String(received().trigger_id);
  const anybody = client(mm.url);
  const open = (change: object = {}) =>
    anybody('POST', '/actions/dialogs/open', { trigger_id, url: `${app.url}/dialog`, dialog, ...change });
  return { team, ops, bot, anna, open, trigger_id };
}

test('a trigger opens one without a login, as often as it likes while it lives', async () => {
  const clock = createClock();
  const { open, anna } = await opened({ clock });
  const socket = new Listener(mm.url, { token: anna.token });
  await socket.event('hello');
  expect((await open()).json).toEqual({ status: 'OK' });
  const told = (await socket.event('open_dialog')).data as { dialog: string };
  expect(JSON.parse(told.dialog)).toMatchObject({ url: `${app.url}/dialog`, dialog: DIALOG });
  expect((await open()).status).toBe(200);
  expect(anna.dialog?.dialog.title).toBe('Diagnose');
  clock.advance(30_001);
  expect(await open()).toMatchObject({ status: 400, id: 'interactive_message.decode_trigger_id.expired' });
  socket.close();
});

test('servers before 8.1 give three seconds', async () => {
  const clock = createClock();
  const { open } = await opened({ clock, settings: { OutgoingIntegrationRequestsTimeout: 3 } });
  clock.advance(3001);
  expect((await open()).status).toBe(400);
});

test.each([
  ['%%%', 'base64_decode_failed'],
  [btoa('a:b:c'), 'missing_data'],
  [btoa(`a:b:${Date.now()}:%`), 'base64_decode_failed_signature'],
  [btoa(`a:b:${Date.now()}:${btoa('x')}`), 'signature_decode_failed'],
])('the trigger %s is refused: %s', async (trigger_id, why) => {
  const { open } = await opened();
  expect(await open({ trigger_id })).toMatchObject({
    status: 400,
    id: `interactive_message.decode_trigger_id.${why}`,
  });
});

test('a trigger for somebody else is seen through', async () => {
  const { open, trigger_id, bot } = await opened();
  const [clientId, , at, signature] = atob(trigger_id).split(':');
  const forged = btoa([clientId, bot.id, at, signature].join(':'));
  expect((await open({ trigger_id: forged })).id).toBe('interactive_message.decode_trigger_id.verify_signature_failed');
});

test('what breaks the limits is opened all the same, and noted: bytes are counted', async () => {
  const { open, anna } = await opened({}, { ...DIALOG, title: 'é'.repeat(13) });
  await open();
  expect(anna.dialog?.open).toBe(true);
  expect(mm.problems).toEqual([expect.stringContaining('invalid dialog title')]);
});

test('a submission says who by the server, the rest by the client', async () => {
  const { open, anna, ops, team } = await opened();
  await open();
  const dialog = anna.dialog ?? fail();
  await expect(anna.submits(dialog, {})).rejects.toThrow('the client refuses log');
  await expect(anna.submits(dialog, { log: 'x'.repeat(5001) })).rejects.toThrow('no more than 5000');
  const done = await anna.submits(dialog, { log: 'a log' });
  expect(done).toMatchObject({ status: 200, open: false });
  expect(received()).toEqual({
    type: 'dialog_submission',
    callback_id: 'diagnose',
    state: 'sealed',
    user_id: anna.id,
    channel_id: ops.id,
    team_id: team.id,
    submission: { log: 'a log', deep: true },
    cancelled: false,
  });
});

test('state, channel and team can be forged, as far as the forger may read', async () => {
  const { open, anna, bot, team } = await opened();
  await open();
  const dialog = anna.dialog ?? fail();
  const hers = mm.addChannel(team, 'hers');
  mm.join(anna, hers);
  await anna.submits(dialog, { log: 'x' }, { state: 'forged', channel_id: hers.id, user_id: bot.id });
  expect(received()).toMatchObject({ state: 'forged', channel_id: hers.id, user_id: anna.id });
  const secret = mm.addChannel(team, 'secret', 'P');
  expect(await anna.submits(dialog, { log: 'x' }, { channel_id: secret.id })).toMatchObject({ status: 403 });
});

test('errors keep it open, a form is the next step', async () => {
  const { open, anna } = await opened();
  await open();
  const dialog = anna.dialog ?? fail();
  answer = { body: { errors: { log: 'that is no log' } } };
  expect(await anna.submits(dialog, { log: 'x' })).toMatchObject({ open: true, errors: { log: 'that is no log' } });
  answer = { status: 500 };
  expect(await anna.submits(dialog, { log: 'x' })).toMatchObject({
    status: 400,
    error: 'api.post.do_action.action_integration.app_error',
    open: true,
  });
  answer = { body: { type: 'form', form: { title: 'Sure?', callback_id: 'second' } } };
  const next = await anna.submits(dialog, { log: 'x' });
  expect(next.next?.dialog.title).toBe('Sure?');
  answer = {};
  await anna.submits(next.next ?? fail());
  expect(received()).toMatchObject({ callback_id: 'second' });
  expect(anna.dialog).toBeUndefined();
});

test('a cancelled one is told only when asked for', async () => {
  const { open, anna } = await opened();
  await open();
  await anna.cancels(anna.dialog ?? fail());
  expect(received()).toMatchObject({ cancelled: true, callback_id: 'diagnose' });
  await open({ dialog: { ...DIALOG, notify_on_cancel: false } });
  expect(await anna.cancels(anna.dialog ?? fail())).toBeUndefined();
});

test('a submission larger than a body may be is refused by the server', async () => {
  const elements = [{ display_name: 'Log', name: 'log', type: 'textarea', max_length: 400_000 }];
  const { open, anna } = await opened({}, { ...DIALOG, elements });
  await open();
  const dialog = anna.dialog ?? fail();
  expect((await anna.submits(dialog, { log: 'x'.repeat(200_000) })).status).toBe(200);
  await open();
  expect(await anna.submits(anna.dialog ?? fail(), { log: 'x'.repeat(301_000) })).toMatchObject({ status: 413 });
});

function fail(): never {
  throw new Error('not there');
}
