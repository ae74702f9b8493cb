import { client } from './client.js';
import { createClock, type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;
const clock = createClock(1_800_000_000_000);

async function start(options: MattermostOptions = {}) {
  mm = await startMattermost({ clock, ...options });
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const bot = mm.addBot('registrar');
  const anna = mm.addUser({ username: 'anna' });
  mm.join(bot, ops);
  mm.join(anna, ops);
  const api = client(mm.url, bot.token);
  const post = (body: object) => api('POST', '/posts', { channel_id: ops.id, ...body });
  return { team, ops, bot, anna, api, post };
}

afterEach(() => mm.stop());

describe('creating', () => {
  test('a post is stored, marked as a bot’s, and read back', async () => {
    const { post, api, ops, bot } = await start();
    const made = await post({ message: 'hello', props: { job: '7' } });
    expect(made).toMatchObject({
      status: 201,
      json: { user_id: bot.id, root_id: '', type: '', props: { job: '7', from_bot: 'true' }, file_ids: [] },
    });
    expect((await api('GET', `/posts/${made.id}`)).json.message).toBe('hello');
    expect(mm.posted(ops).map((p) => p.message)).toEqual(['hello']);
  });

  test('characters are counted, neither bytes nor UTF-16 units', async () => {
    const { post } = await start();
    expect((await post({ message: '😀'.repeat(16_383) })).status).toBe(201);
    const long = await post({ message: 'x'.repeat(16_384) });
    expect(long).toMatchObject({ status: 400, id: 'model.post.is_valid.message_length.app_error' });
  });

  test.each([
    [{ file_ids: Array.from({ length: 11 }, () => 'a'.repeat(26)) }, 400, 'model.post.is_valid.file_ids.app_error'],
    [{ id: 'a'.repeat(26) }, 400, 'app.post.save.existing.app_error'],
    [{ root_id: 'a'.repeat(26) }, 400, 'api.post.create_post.root_id.app_error'],
    [{ type: 'system_join' }, 400, 'api.context.invalid_param.app_error'],
    [{ channel_id: 'a'.repeat(26) }, 403, 'api.context.permissions.app_error'],
  ])('%j is refused with %s %s', async (body, status, id) => {
    const { post } = await start();
    expect(await post({ message: 'x', ...body })).toMatchObject({ status, id });
  });

  test('a reply goes under a root of the same channel, and under nothing else', async () => {
    const { post, team, bot, ops } = await start();
    const other = mm.addChannel(team, 'other');
    mm.join(bot, other);
    const root = await post({ message: 'root' });
    const reply = await post({ message: 'reply', root_id: root.id });
    expect(reply.status).toBe(201);
    expect((await post({ root_id: reply.id })).id).toBe('api.post.create_post.root_id.app_error');
    const elsewhere = await post({ channel_id: other.id, root_id: root.id });
    expect(elsewhere.id).toBe('api.post.create_post.channel_root_id.app_error');
    mm.archive(ops);
    expect((await post({ message: 'late' })).id).toBe('api.post.create_post.can_not_post_to_deleted.error');
  });

  test('whoever is no member posts only with a role for it', async () => {
    const { post, team, bot } = await start();
    const open = mm.addChannel(team, 'open');
    expect((await post({ channel_id: open.id, message: 'x' })).status).toBe(403);
    bot.user.roles = 'system_user system_post_all_public';
    expect((await post({ channel_id: open.id, message: 'x' })).status).toBe(201);
  });
});

describe('pending_post_id', () => {
  test('the same within 30 seconds is the first post, later it is a second one', async () => {
    const { post, ops } = await start();
    const first = await post({ message: 'x', pending_post_id: 'job:1' });
    clock.advance(29_000);
    expect(await post({ message: 'x', pending_post_id: 'job:1' })).toMatchObject({ status: 201, id: first.id });
    clock.advance(1000);
    expect((await post({ message: 'x', pending_post_id: 'job:1' })).id).not.toBe(first.id);
    expect(mm.posted(ops)).toHaveLength(2);
  });

  test('while the first is running the second is told to wait; a failure frees the key', async () => {
    const { post } = await start();
    const release = mm.holdPosts();
    const first = post({ message: 'x', pending_post_id: 'job:2' });
    await mm.waitFor(() => mm.requestsOf('POST /posts').length === 1);
    const second = await post({ message: 'x', pending_post_id: 'job:2' });
    expect(second).toMatchObject({ status: 500, id: 'api.post.deduplicate_create_post.pending' });
    release();
    expect((await first).status).toBe(201);
    expect((await post({ message: 'x'.repeat(20_000), pending_post_id: 'job:3' })).status).toBe(400);
    expect((await post({ message: 'x', pending_post_id: 'job:3' })).status).toBe(201);
  });
});

describe('changing', () => {
  test('a patch keeps what it does not name; its props replace all, buttons too', async () => {
    const { post, api } = await start();
    const made = await post({ message: 'a', props: { job: '1', attachments: [] } });
    clock.advance(10);
    const patched = await api('PUT', `/posts/${made.id}/patch`, { message: 'b' });
    expect(patched.json).toMatchObject({ message: 'b', props: { job: '1' } });
    expect(patched.json.edit_at).toBe(clock());
    const again = await api('PUT', `/posts/${made.id}/patch`, { props: { step: '2' } });
    expect(again.json).toMatchObject({ message: 'b', props: { step: '2' } });
    expect(again.json.props).not.toHaveProperty('job');
  });

  test('the time limit binds messages, not props', async () => {
    const { post, api } = await start({ settings: { PostEditTimeLimit: 60 } });
    const made = await post({ message: 'a' });
    clock.advance(61_000);
    const late = await api('PUT', `/posts/${made.id}/patch`, { message: 'b' });
    expect(late).toMatchObject({ status: 400, id: 'api.post.update_post.permissions_time_limit.app_error' });
    expect((await api('PUT', `/posts/${made.id}/patch`, { props: {} })).status).toBe(200);
  });

  test('others’ posts, missing ones and deleted ones are not patched', async () => {
    const { post, api, anna, ops } = await start();
    const hers = await anna.posts('mine', ops);
    expect((await api('PUT', `/posts/${hers.id}/patch`, { message: 'x' })).status).toBe(403);
    expect((await api('PUT', `/posts/${'a'.repeat(26)}/patch`, { message: 'x' })).status).toBe(403);
    const root = await post({ message: 'root' });
    const reply = await post({ message: 'reply', root_id: root.id });
    expect((await api('GET', `/posts/${reply.id}/thread`)).json.order).toHaveLength(2);
    expect((await api('DELETE', `/posts/${root.id}`)).json).toEqual({ status: 'OK' });
    expect(await api('PUT', `/posts/${reply.id}/patch`, {})).toMatchObject({
      status: 400,
      id: 'api.post.update_post.permissions_details.app_error',
    });
    expect(await api('DELETE', `/posts/${reply.id}`)).toMatchObject({ status: 404, id: 'app.post.get.app_error' });
  });
});

describe('a channel’s posts', () => {
  test('since= goes by change: edits and deletions are in it, and nothing older', async () => {
    const { post, api, ops } = await start();
    const old = await post({ message: 'old' });
    const edited = await post({ message: 'to be edited' });
    const gone = await post({ message: 'to be deleted' });
    const since = clock();
    clock.advance(5);
    await api('PUT', `/posts/${edited.id}/patch`, { message: 'edited' });
    await api('DELETE', `/posts/${gone.id}`);
    const fresh = await post({ message: 'new' });
    const list = (await api('GET', `/channels/${ops.id}/posts?since=${since}`)).json;
    expect(list.order).toEqual([fresh.id, gone.id, edited.id]);
    expect(list.posts).toMatchObject({ [gone.id]: { delete_at: clock() }, [edited.id]: { message: 'edited' } });
    expect(list.posts).not.toHaveProperty(old.id);
  });

  test('after= and before= page through what is there, the newest first', async () => {
    const { post, api, ops } = await start();
    const ids: string[] = [];
    for (const message of ['a', 'b', 'c', 'd']) ids.push((await post({ message })).id);
    const order = async (query: string) => (await api('GET', `/channels/${ops.id}/posts?${query}`)).json.order;
    expect(await order('per_page=2')).toEqual([ids[3], ids[2]]);
    expect(await order(`after=${ids[0]}&per_page=2`)).toEqual([ids[2], ids[1]]);
    expect(await order(`after=${ids[0]}&per_page=2&page=1`)).toEqual([ids[3]]);
    expect(await order(`before=${ids[2]}`)).toEqual([ids[1], ids[0]]);
  });

  test('nobody reads a channel they are not in', async () => {
    const { api, team } = await start();
    const other = mm.addChannel(team, 'other');
    expect((await api('GET', `/channels/${other.id}/posts`)).status).toBe(403);
  });
});

describe('ephemeral posts', () => {
  test('a body that is wrong comes before the right that is missing, which only administrators have', async () => {
    const { api, anna, ops } = await start();
    const send = (body: object) => api('POST', '/posts/ephemeral', body);
    expect((await send({})).status).toBe(400);
    const good = { user_id: anna.id, post: { channel_id: ops.id, message: 'psst' } };
    expect(await send(good)).toMatchObject({ status: 403, id: 'api.context.permissions.app_error' });
    mm.grant('channel_user', 'create_post_ephemeral');
    const sent = await send(good);
    expect(sent.status).toBe(201);
    expect(anna.sees(ops)).toMatchObject([{ message: 'psst', ephemeral: true }]);
    expect((await api('GET', `/channels/${ops.id}/posts`)).json.order).toEqual([]);
    expect((await api('GET', `/posts/${sent.id}`)).status).toBe(404);
    expect((await api('PUT', `/posts/${sent.id}/patch`, { message: 'x' })).status).toBe(403);
  });
});

describe('direct channels', () => {
  test('people who share no team may be kept from writing to each other, but not to bots', async () => {
    const { anna, bot } = await start({ settings: { RestrictDirectMessage: 'team' } });
    const stranger = mm.addUser({ username: 'stranger' });
    await expect(stranger.posts('hi', mm.direct(stranger, anna))).rejects.toThrow(
      'api.post.create_post.can_not_post_in_restricted_dm.error',
    );
    await stranger.posts('hi', mm.direct(stranger, bot));
  });

  test('one of several belongs to no team either', async () => {
    const { anna, bot, api } = await start();
    const bob = mm.addUser({ username: 'bob' });
    const made = await api('POST', '/channels/group', [anna.id, bob.id]);
    expect(made).toMatchObject({ status: 201, json: { type: 'G', team_id: '' } });
    expect(mm.group(anna, bob, bot).id).toBe(made.json.id);
  });
});
