import { client, integration } from './client.js';
import { type MattermostDouble, startMattermost } from './double.js';

let mm: MattermostDouble;

beforeEach(async () => {
  mm = await startMattermost({ settings: { AllowedUntrustedInternalConnections: '127.0.0.1' } });
});
afterEach(() => mm.stop());

test('a whole errand: a command, a post of the bot, a click, a dialog, a thread', async () => {
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops', 'P');
  const anna = mm.addUser({ username: 'anna' });
  const bot = mm.addBot('registrar');
  for (const who of [anna, bot]) mm.join(who, ops);
  const api = client(mm.url, bot.token);
  const app = await integration(async ({ path, body }) => {
    if (path === '/command') {
      const actions = [{ id: 'go', type: 'button', name: 'Go', integration: { url: `${app.url}/action` } }];
      const fields = new URLSearchParams(body);
      const props = { attachments: [{ text: fields.get('text'), actions }] };
      await api('POST', '/posts', { channel_id: fields.get('channel_id'), message: 'sure?', props });
      return { body: { text: 'on it', skip_slack_parsing: true } };
    }
    const { trigger_id, post_id, submission, channel_id } = JSON.parse(body);
    if (path === '/action') {
      const dialog = { title: 'Why', state: post_id, elements: [{ display_name: 'Why', name: 'why', type: 'text' }] };
      await api('POST', '/actions/dialogs/open', { trigger_id, url: `${app.url}/dialog`, dialog });
      return { body: {} };
    }
    const { state } = JSON.parse(body);
    await api('POST', '/posts', { channel_id, root_id: state, message: `because ${submission.why}` });
    return { body: '' };
  });
  mm.addCommand(team, 'registry', `${app.url}/command`);

  await anna.runs('/registry rotate', ops);
  const [plan, said] = anna.sees(ops);
  expect([plan?.message, said?.message, said?.ephemeral]).toEqual(['sure?', 'on it', true]);
  await anna.clicks(plan ?? '', 'Go');
  const { dialog } = anna;
  if (dialog === undefined) throw new Error('no dialog');
  await anna.submits(dialog, { why: 'it leaked' });

  expect(mm.posted(ops).map((p) => [p.root_id === plan?.id, p.message])).toEqual([
    [false, 'sure?'],
    [true, 'because it leaked'],
  ]);
  expect(mm.deliveries.map((d) => [d.kind, d.status])).toEqual([
    ['command', 200],
    ['action', 200],
    ['dialog', 200],
  ]);
  expect(mm.unanswered).toEqual([]);
  expect(mm.problems).toEqual([]);
  expect(mm.pinged()).toEqual([]);
  await app.stop();
});

test('a client keeps its person from what it would not show or send', async () => {
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const anna = mm.addUser({ username: 'anna' });
  const guest = mm.addUser({ username: 'guest', roles: 'system_guest' });
  for (const who of [anna, guest]) mm.join(who, ops);
  const post = await anna.posts('hello', ops);
  expect(() => anna.runs(`/x ${'y'.repeat(16_383)}`, ops)).toThrow('too long');
  expect(() => anna.clicks(post, 'Go')).toThrow('no action Go there, only: none');
  expect(() => mm.addUser({ username: 'bob' }).clicks(post, 'Go')).toThrow('bob sees no post');
  await expect(guest.edits(post, 'x')).rejects.toThrow('403 api.context.permissions.app_error');
  await anna.edits(post, 'hallo');
  expect(guest.sees(ops)).toMatchObject([{ message: 'hallo', edited: true }]);
  expect(mm.post(post.id)?.versions.map((v) => v.message)).toEqual(['hello', 'hallo']);
  await anna.deletes(post);
  expect(guest.sees(ops)).toEqual([]);
});
