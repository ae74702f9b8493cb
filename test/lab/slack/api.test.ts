import { webClient } from './bolt-apps.js';
import { createClock, type ManualClock, type SlackDouble, startSlack } from './double.js';
import { isObj, type Obj, type SlackChannel, type SlackUser } from './types.js';

let slack: SlackDouble;
let clock: ManualClock;
let anna: SlackUser;
let ops: SlackChannel;

beforeEach(async () => {
  clock = createClock(1_760_000_000_000);
  slack = await startSlack({ clock });
  anna = slack.addUser({ name: 'anna', email: 'anna@example.com' });
  ops = slack.addChannel({ name: 'ops', members: [anna] });
});
afterEach(() => slack.stop());

/** One call as the client sends it: a form, JSON inside its fields. */
async function call(method: string, args: Obj = {}, token: string | null = slack.botToken): Promise<Obj> {
  const form = new URLSearchParams();
  for (const [k, v] of Object.entries(args)) form.set(k, typeof v === 'string' ? v : JSON.stringify(v));
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(slack.apiUrl + method, { method: 'POST', body: form, headers });
  const body: unknown = await response.json();
  return isObj(body) ? { ...body, scopes: response.headers.get('x-oauth-scopes') } : {};
}

async function error(method: string, args: Obj, token?: string | null): Promise<unknown> {
  return (await call(method, args, token)).error;
}

async function post(text: string, more: Obj = {}): Promise<string> {
  return String((await call('chat.postMessage', { channel: ops.id, text, ...more })).ts);
}

describe('tokens and scopes', () => {
  test('auth.test', async () => {
    const { botUserId: user_id, botId: bot_id, teamId: team_id } = slack;
    const answer = await call('auth.test');
    expect(answer).toMatchObject({ ok: true, user_id, bot_id, team_id, scopes: expect.stringContaining('chat:write') });
    expect(await call('auth.test', { token: slack.botToken }, null)).toMatchObject({ ok: true });
  });

  test('refusals', async () => {
    expect(await error('auth.test', {}, null)).toBe('not_authed');
    expect(await error('auth.test', {}, 'xoxb-other')).toBe('invalid_auth');
    expect(await error('apps.connections.open', {})).toBe('not_allowed_token_type');
    expect(await error('apps.connections.open', { token: slack.appToken }, null)).toBe('not_authed');
    expect(await error('chat.postMessage', {}, slack.appToken)).toBe('not_allowed_token_type');
    expect(await error('chat.shout', {})).toBe('unknown_method');
    slack.setScopes(['commands']);
    const answer = await call('chat.postMessage', { channel: ops.id, text: 'x' });
    expect(answer).toMatchObject({ error: 'missing_scope', needed: 'chat:write', provided: 'commands' });
    slack.revoke('bot');
    expect(await error('auth.test', {})).toBe('token_revoked');
  });
});

describe('messages', () => {
  test('rising ts, threads, metadata only when asked for', async () => {
    const metadata = { event_type: 'job', event_payload: { id: 'j-1' } };
    const first = await post('parent', { metadata });
    const reply = await post('reply', { thread_ts: first });
    const nested = await post('reply to the reply', { thread_ts: reply });
    expect([first, reply, nested]).toEqual([first, reply, nested].sort());
    expect(slack.thread(ops.id, first).map((m) => m.text)).toEqual(['parent', 'reply', 'reply to the reply']);
    const plain = await call('conversations.history', { channel: ops.id });
    expect(plain.messages).toMatchObject([{ text: 'parent', reply_count: 2 }]);
    expect(JSON.stringify(plain)).not.toContain('j-1');
    const full = await call('conversations.history', { channel: ops.id, include_all_metadata: 'true' });
    expect(full.messages).toMatchObject([{ metadata }]);
    const replies = await call('conversations.replies', { channel: ops.id, ts: first, include_all_metadata: 'true' });
    expect(replies.messages).toMatchObject([{ metadata }, {}, {}]);
    expect(await error('chat.postMessage', { channel: ops.id, text: 'x', thread_ts: '1.000001' })).toBe(
      'invalid_thread_ts',
    );
  });

  test('where the bot may post', async () => {
    const open = slack.addChannel({ name: 'open', botIsMember: false });
    const secret = slack.addChannel({ name: 'secret', private: true, botIsMember: false });
    const old = slack.addChannel({ name: 'old', archived: true });
    const text = 'x';
    expect(await error('chat.postMessage', { channel: open.id, text })).toBe('not_in_channel');
    expect(await error('chat.postMessage', { channel: secret.id, text })).toBe('channel_not_found');
    expect(await error('chat.postMessage', { channel: old.id, text })).toBe('is_archived');
    expect(await error('chat.postMessage', { channel: 'C404', text })).toBe('channel_not_found');
    expect(await call('conversations.join', { channel: open.id })).toMatchObject({ ok: true });
    expect(await call('chat.postMessage', { channel: open.id, text })).toMatchObject({ ok: true });
    const dm = await call('chat.postMessage', { channel: anna.id, text });
    expect(dm.channel).toBe(slack.dm(anna).id);
    expect(dm.channel).toMatch(/^D/);
  });

  test('update, delete and their refusals', async () => {
    const block = { type: 'section', text: { type: 'mrkdwn', text: 'x' } };
    const ts = await post('one', { blocks: [block] });
    expect(slack.messages(ops.id)[0]?.blocks).toHaveLength(1);
    await call('chat.update', { channel: ops.id, ts, text: 'two' });
    const [message] = slack.messages(ops.id);
    expect(message).toMatchObject({ text: 'two', edited: { user: slack.botUserId } });
    expect(message?.blocks).toBeUndefined();
    expect(message?.versions.map((v) => v.text)).toEqual(['one', 'two']);
    const other = (await slack.say(anna, ops, 'mine')).ts;
    const shown = await call('chat.postEphemeral', { channel: ops.id, user: anna.id, text: 'psst' });
    const table: [string, Obj, string][] = [
      ['chat.update', { ts: other, text: 'x' }, 'cant_update_message'],
      ['chat.delete', { ts: other }, 'cant_delete_message'],
      ['chat.update', { ts: '1.000001', text: 'x' }, 'message_not_found'],
      ['chat.update', { ts: String(shown.message_ts), text: 'x' }, 'message_not_found'],
      ['chat.update', { ts, text: 'x'.repeat(4001) }, 'msg_too_long'],
      ['chat.update', { ts }, 'no_text'],
    ];
    for (const [method, args, code] of table) expect(await error(method, { channel: ops.id, ...args })).toBe(code);
    expect(await call('chat.delete', { channel: ops.id, ts })).toMatchObject({ ok: true });
    expect(slack.messages(ops.id).map((m) => m.ts)).toEqual([other]);
  });

  test('texts, reactions and people', async () => {
    expect(await error('chat.postMessage', { channel: ops.id })).toBe('no_text');
    expect(await error('chat.postMessage', { channel: ops.id, text: 'x', markdown_text: 'y' })).toBe(
      'markdown_text_conflict',
    );
    const long = await call('chat.postMessage', { channel: ops.id, text: 'x'.repeat(40_001) });
    expect(long).toMatchObject({ ok: true, warning: 'message_truncated' });
    expect(slack.messages(ops.id)[0]?.text).toHaveLength(40_000);
    const reaction = { channel: ops.id, timestamp: String(long.ts), name: 'eyes' };
    expect(await call('reactions.add', reaction)).toMatchObject({ ok: true });
    expect(await error('reactions.add', reaction)).toBe('already_reacted');
    expect(await error('users.info', { user: 'U404' })).toBe('user_not_found');
    const without = await call('users.info', { user: anna.id });
    expect(without.user).toMatchObject({ tz_offset: 7200, profile: { email: 'anna@example.com' } });
    expect(without.user).not.toHaveProperty('locale');
    const { user } = await call('users.info', { user: anna.id, include_locale: 'true' });
    expect(user).toMatchObject({ locale: 'en-US' });
    const page = await call('conversations.members', { channel: ops.id, limit: '1' });
    expect(page.members).toHaveLength(1);
    const cursor = isObj(page.response_metadata) ? String(page.response_metadata.next_cursor) : '';
    const rest = await call('conversations.members', { channel: ops.id, limit: '1', cursor });
    expect(rest).toMatchObject({ members: [anna.id], response_metadata: { next_cursor: '' } });
  });
});

describe('triggers, views and response_urls', () => {
  const view = { type: 'modal', title: { type: 'plain_text', text: 'T' }, blocks: [{ type: 'divider' }] };

  test('a trigger works once, within three seconds', async () => {
    const { triggerId: trigger_id } = await slack.command(anna, ops, '');
    expect(await call('views.open', { trigger_id, view })).toMatchObject({ ok: true });
    expect(await error('views.open', { trigger_id, view })).toBe('exchanged_trigger_id');
    const second = await slack.command(anna, ops, '');
    clock.advance(3001);
    expect(await error('views.open', { trigger_id: second.triggerId, view })).toBe('expired_trigger_id');
    expect(await error('views.open', { trigger_id: '1.2.3', view })).toBe('invalid_trigger_id');
  });

  test('hash, stack and external id', async () => {
    const trigger = async (): Promise<string> => (await slack.command(anna, ops, '')).triggerId;
    const opened = await call('views.open', { trigger_id: await trigger(), view: { ...view, external_id: 'e' } });
    const { id: view_id, hash } = isObj(opened.view) ? opened.view : {};
    expect(await call('views.update', { view_id, hash, view })).toMatchObject({ ok: true });
    expect(await error('views.update', { view_id, hash, view })).toBe('hash_conflict');
    expect(await error('views.update', { view_id: 'V404', view })).toBe('not_found');
    const same = { ...view, external_id: 'e' };
    expect(await error('views.push', { trigger_id: await trigger(), view: same })).toBe('duplicate_external_id');
    await call('views.push', { trigger_id: await trigger(), view });
    await call('views.push', { trigger_id: await trigger(), view });
    expect(await error('views.push', { trigger_id: await trigger(), view })).toBe('push_limit_reached');
    expect(slack.views(anna.id)).toHaveLength(3);
  });

  test('five uses within thirty minutes', async () => {
    const { responseUrl } = await slack.command(anna, ops, '');
    const use = async (body: Obj): Promise<string> => {
      const response = await fetch(responseUrl, { method: 'POST', body: JSON.stringify(body) });
      return `${response.status} ${await response.text()}`;
    };
    expect(await use({})).toBe('400 no_text');
    expect(await use({ text: 'working' })).toBe('200 ok');
    expect(await use({ text: 'done', replace_original: true })).toBe('200 ok');
    expect(slack.ephemerals(anna.id).map((e) => e.text)).toEqual(['done']);
    expect(await use({ delete_original: true })).toBe('200 ok');
    expect(slack.ephemerals(anna.id)).toEqual([]);
    expect(await use({ text: 'all', response_type: 'in_channel' })).toBe('200 ok');
    expect(slack.messages(ops.id).map((m) => m.text)).toEqual(['all']);
    expect(await use({ text: '5' })).toBe('200 ok');
    expect(await use({ text: '6' })).toContain('used_url');
    const other = await slack.command(anna, ops, '');
    clock.advance(30 * 60_000 + 1);
    const late = await fetch(other.responseUrl, { method: 'POST', body: '{"text":"x"}' });
    expect([late.status, await late.json()]).toEqual([404, { ok: false, error: 'expired_url' }]);
  });
});

describe('files', () => {
  test('a download needs the token and files:read', async () => {
    const { file } = await slack.shareFile(anna, ops, { name: 'registry.log', content: 'level=error\n' });
    const info = await call('files.info', { file: file.id });
    const url = isObj(info.file) ? String(info.file.url_private_download) : '';
    const get = (token: string, redirect: 'follow' | 'manual' = 'follow'): Promise<Response> =>
      fetch(url, { headers: { authorization: `Bearer ${token}` }, redirect });
    const good = await get(slack.botToken);
    expect([good.headers.get('content-type'), await good.text()]).toEqual(['text/plain', 'level=error\n']);
    expect((await get('xoxb-other')).headers.get('content-type')).toContain('text/html');
    slack.redirectDownloads(true);
    expect((await get(slack.botToken, 'manual')).status).toBe(302);
    expect((await get(slack.botToken)).headers.get('content-type')).toContain('text/html');
    slack.redirectDownloads(false);
    slack.removeScope('files:read');
    expect((await get(slack.botToken)).headers.get('content-type')).toContain('text/html');
    expect(await error('files.info', { file: file.id })).toBe('missing_scope');
  });

  test('check_file_info hides all but the id', async () => {
    const said = await slack.shareFile(anna, ops, { name: 'a.log', content: 'x', access: 'check_file_info' });
    const event = said.events.find((e) => isObj(e.wrapper.event) && e.wrapper.event.subtype === 'file_share');
    const files = [{ id: said.file.id, file_access: 'check_file_info' }];
    expect(event?.wrapper.event).toMatchObject({ files });
    expect(JSON.stringify(event)).not.toContain('a.log');
    expect(await call('files.info', { file: said.file.id })).toMatchObject({ file: { name: 'a.log' } });
  });

  test('the three-step upload, by the client', async () => {
    const client = webClient(slack);
    await client.filesUploadV2({
      channel_id: ops.id,
      filename: 'report.txt',
      content: 'all good',
      initial_comment: 'r',
    });
    const message = await slack.waitFor(() => slack.messages(ops.id)[0]);
    expect(message).toMatchObject({ text: 'r', subtype: 'file_share' });
    expect(slack.file(message.files?.[0] ?? '')?.content.toString()).toBe('all good');
    const upload = await call('files.getUploadURLExternal', { filename: 'a', length: '5' });
    expect((await fetch(String(upload.upload_url), { method: 'POST', body: 'four' })).status).toBe(400);
    expect(await error('files.completeUploadExternal', { files: [{ id: upload.file_id }] })).toBe('file_not_found');
    expect(await error('files.getUploadURLExternal', { filename: 'a', length: '0' })).toBe('missing_argument');
  });

  test('a picture in a message: an uploaded image, once Slack has looked at it', async () => {
    const upload = async (filename: string): Promise<string> => {
      const { upload_url, file_id } = await call('files.getUploadURLExternal', { filename, length: '4' });
      await fetch(String(upload_url), { method: 'POST', body: 'four' });
      return String(file_id);
    };
    const complete = (id: string): Promise<Obj> => call('files.completeUploadExternal', { files: [{ id }] });
    const show = (file: Obj, method = 'chat.postMessage', more: Obj = {}): Promise<Obj> =>
      call(method, {
        channel: ops.id,
        text: 'x',
        blocks: [{ type: 'image', slack_file: file, alt_text: 'x' }],
        ...more,
      });
    const refused = {
      error: 'invalid_blocks',
      errors: ['invalid slack file [json-pointer:/blocks/0/slack_file]'],
    };
    const id = await upload('chain.png');
    expect(await show({ id })).toMatchObject(refused);
    slack.slowPictures();
    await complete(id);
    expect(await show({ id })).toMatchObject(refused);
    expect(await show({ id })).toMatchObject({ ok: true });
    const ts = await post('edited');
    expect(await show({ id }, 'chat.update', { ts })).toMatchObject({ ok: true });
    expect(await show({ id: 'F404' }, 'chat.update', { ts })).toMatchObject(refused);
    const log = await upload('job.log');
    await complete(log);
    expect(await show({ id: log })).toMatchObject(refused);
    slack.deleteFile(id);
    expect(await show({ id })).toMatchObject(refused);
  });

  test('an upload needs files:write', async () => {
    slack.removeScope('files:write');
    for (const method of ['files.getUploadURLExternal', 'files.completeUploadExternal'])
      expect(await call(method, { filename: 'a', length: '5' })).toMatchObject({
        error: 'missing_scope',
        needed: 'files:write',
      });
  });
});
