import {
  createClock,
  type ManualClock,
  type SlackChannel,
  type SlackDouble,
  type SlackUser,
  startSlack,
} from './double.js';
import { isObj, type Obj } from './types.js';
import { smarten } from './typing.js';

let slack: SlackDouble;
let clock: ManualClock;
let anna: SlackUser;
let ops: SlackChannel;

beforeEach(async () => {
  clock = createClock(1_760_000_000_000);
  slack = await startSlack({ clock });
  anna = slack.addUser({ name: 'anna' });
  ops = slack.addChannel({ name: 'ops', members: [anna] });
});
afterEach(() => slack.stop());

async function call(method: string, args: Obj): Promise<Obj> {
  const headers = { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' };
  const response = await fetch(slack.apiUrl + method, { method: 'POST', headers, body: JSON.stringify(args) });
  const body: unknown = await response.json();
  return isObj(body) ? body : {};
}

test.each([
  ['a & b < c', 'a &amp; b &lt; c'],
  ['ask @anna in #ops', `ask <@U> in <#C|ops>`],
  ['see https://git.example.com/a?b=1&c=2.', 'see <https://git.example.com/a?b=1&amp;c=2>.'],
  ['registry.example.com is down', '<http://registry.example.com|registry.example.com> is down'],
  ['mail a@b.example', '<mailto:a@b.example|a@b.example>'.replace(/^/, 'mail ')],
  ['see production.log and `x.example.com <b>`', 'see production.log and `x.example.com &lt;b&gt;`'],
])('typed: %s', async (typed, sent) => {
  const { message } = await slack.say(anna, ops, typed);
  expect(message.text).toBe(sent.replace('<@U>', `<@${anna.id}>`).replace('<#C|', `<#${ops.id}|`));
});

test('clients curl quotes and dashes', () => {
  expect(smarten(`run "it's" --force`)).toBe('run “it’s” —force');
});

test('edits and deletions raise events; a shared file does too', async () => {
  const { message } = await slack.say(anna, ops, 'one');
  slack.edit(anna, message, 'two');
  slack.remove(message);
  await slack.shareFile(anna, ops, { name: 'a.log', content: 'x', text: 'look' });
  const kinds = slack.events.map((e) => (isObj(e.wrapper.event) ? e.wrapper.event : {}));
  expect(kinds.map((e) => e.subtype ?? e.type)).toEqual([
    'message',
    'message_changed',
    'message_deleted',
    'file_share',
    'file_shared',
  ]);
  expect(kinds[1]).toMatchObject({ message: { text: 'two' }, previous_message: { text: 'one' }, hidden: true });
});

test('the bot hears nothing where it is no member, nor without the scope', async () => {
  const far = slack.addChannel({ name: 'far', botIsMember: false });
  expect((await slack.say(anna, far, 'x', { mention: true })).events).toEqual([]);
  slack.removeScope('im:history');
  expect((await slack.say(anna, slack.dm(anna), 'x')).events).toEqual([]);
  expect((await slack.say(anna, ops, 'x')).events).toHaveLength(1);
});

test('streams and statuses', async () => {
  const { ts } = await slack.say(anna, ops, 'go');
  const where = { channel: ops.id, thread_ts: ts };
  expect(await call('chat.startStream', { channel: ops.id })).toMatchObject({ error: 'invalid_thread_ts' });
  expect(await call('chat.startStream', where)).toMatchObject({ error: 'missing_recipient_team_id' });
  const status = { channel_id: ops.id, thread_ts: ts, status: 'looking' };
  await call('assistant.threads.setStatus', status);
  expect(slack.status(ops.id, ts)).toBe('looking');
  const to = { recipient_team_id: slack.teamId, recipient_user_id: anna.id };
  const stream = await call('chat.startStream', { ...where, ...to });
  expect(slack.status(ops.id, ts)).toBeUndefined();
  const chunks = [{ type: 'markdown_text', text: 'half' }];
  await call('chat.appendStream', { channel: ops.id, ts: stream.ts, chunks });
  const update = { channel: ops.id, ts: stream.ts, text: 'x' };
  expect(await call('chat.update', update)).toMatchObject({ error: 'streaming_state_conflict' });
  await call('chat.stopStream', { channel: ops.id, ts: stream.ts, markdown_text: ' done' });
  expect(slack.thread(ops.id, ts)[1]?.text).toBe('half done');
  const again = await call('chat.appendStream', { channel: ops.id, ts: stream.ts, chunks });
  expect(again).toMatchObject({ error: 'message_not_in_streaming_state' });
  await call('assistant.threads.setStatus', status);
  clock.advance(120_000);
  expect(slack.status(ops.id, ts)).toBeUndefined();
});
