import { WebSocket } from 'undici';
import { client, Listener } from './client.js';
import { createClock, type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;
const sockets: Listener[] = [];

async function start(options: MattermostOptions = {}) {
  mm = await startMattermost(options);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const bot = mm.addBot('registrar');
  const anna = mm.addUser({ username: 'anna' });
  mm.join(bot, ops);
  mm.join(anna, ops);
  const api = client(mm.url, bot.token);
  const post = (message: string) => api('POST', '/posts', { channel_id: ops.id, message });
  return { team, ops, bot, anna, api, post };
}

function listen(options: ConstructorParameters<typeof Listener>[1] = {}): Listener {
  const socket = new Listener(mm.url, options);
  sockets.push(socket);
  return socket;
}

async function greeted(token: string, query = ''): Promise<{ socket: Listener; id: string }> {
  const socket = listen({ token, query });
  const { data } = await socket.event('hello');
  return { socket, id: (data as { connection_id: string }).connection_id };
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await mm.stop();
});

describe('who may listen', () => {
  test('a good header is greeted at once', async () => {
    const { bot } = await start();
    const { socket } = await greeted(bot.token);
    expect(socket.frames).toMatchObject([{ event: 'hello', seq: 0, data: { server_version: expect.any(String) } }]);
    expect(await socket.asks('ping')).toMatchObject({ status: 'OK', data: { text: 'pong' } });
  });

  test('a good challenge is greeted before it is answered', async () => {
    const { bot } = await start();
    const socket = listen();
    await socket.asks('authentication_challenge', { token: bot.token });
    expect(socket.frames).toMatchObject([
      { event: 'hello', seq: 0 },
      { status: 'OK', seq_reply: 1 },
    ]);
  });

  test('a wrong challenge, or none for five seconds, is a closed connection and no word', async () => {
    const clock = createClock();
    await start({ clock });
    const wrong = listen();
    await wrong.opened();
    wrong.send({ seq: 1, action: 'authentication_challenge', data: { token: 'x' } });
    const silent = listen();
    await silent.opened();
    await wrong.until(() => wrong.closed !== undefined);
    clock.advance(5000);
    await silent.until(() => silent.closed !== undefined);
    expect([wrong.closed, silent.closed, wrong.frames, silent.frames]).toEqual([1006, 1006, [], []]);
  });

  test('several sockets of one account all hear', async () => {
    const { bot, post } = await start();
    const all = await Promise.all(Array.from({ length: 6 }, () => greeted(bot.token)));
    expect(mm.openSockets).toBe(6);
    await post('hi');
    for (const { socket } of all) await socket.event('posted');
  });
});

describe('requests', () => {
  test('fail with an id, by number and action', async () => {
    const { bot } = await start();
    const { socket } = await greeted(bot.token);
    const failed = (id: string) => ({ status: 'FAIL', error: { id: `api.web_socket_router.${id}.app_error` } });
    expect(await socket.asks('nonsense')).toMatchObject(failed('bad_action'));
    expect(await socket.asks('')).toMatchObject(failed('no_action'));
    socket.send({ seq: 0, action: 'ping' });
    expect(await socket.until(() => socket.frames.find((f) => f.seq_reply === 0))).toMatchObject(failed('bad_seq'));
    const stranger = listen();
    expect(await stranger.asks('ping')).toMatchObject({ ...failed('not_authenticated'), seq_reply: 1 });
  });

  test('a frame that is no JSON closes, one over 8192 bytes is too big', async () => {
    const { bot } = await start();
    const { socket: odd } = await greeted(bot.token);
    odd.send('nonsense');
    await odd.until(() => odd.closed !== undefined);
    const { socket: big } = await greeted(bot.token);
    big.send({ seq: 1, action: 'ping', data: { x: 'x'.repeat(8192) } });
    expect(await big.until(() => big.closed)).toBe(1009);
  });
});

describe('events', () => {
  test('a post is told in strings, mentions only to whom they concern, before its call is answered', async () => {
    const { bot, anna, ops, team, post } = await start();
    const { socket: own } = await greeted(bot.token);
    const { socket: hers } = await greeted(anna.token);
    const made = await post('see @anna');
    const posted = own.frames.find((f) => f.event === 'posted') ?? (await own.event('posted'));
    expect(posted).toMatchObject({
      seq: 1,
      data: { channel_type: 'O', channel_name: 'ops', sender_name: '@registrar', team_id: team.id },
      broadcast: { channel_id: ops.id },
    });
    expect(posted.data).not.toHaveProperty('mentions');
    const data = (await hers.event('posted')).data as { post: string; mentions: string };
    expect(JSON.parse(data.post)).toMatchObject({ id: made.id, message: 'see @anna' });
    expect(JSON.parse(data.mentions)).toEqual([anna.id]);
  });

  test('whoever is no member hears nothing; edits, deletions, reactions and comings are told', async () => {
    const { bot, anna, ops, post, api } = await start();
    const stranger = mm.addUser({ username: 'bob' });
    const { socket } = await greeted(bot.token);
    const { socket: outside } = await greeted(stranger.token);
    const made = await post('one');
    await api('PUT', `/posts/${made.id}/patch`, { message: 'two' });
    await anna.reacts(made.id, '+1');
    await api('DELETE', `/posts/${made.id}`);
    mm.join(stranger, ops);
    mm.leave(stranger, ops);
    await socket.event('user_removed');
    expect(socket.events).toEqual([
      'hello 0',
      'posted 1',
      'post_edited 2',
      'reaction_added 3',
      'post_deleted 4',
      'user_added 5',
      'user_removed 6',
    ]);
    const removed = socket.frames.at(-1);
    expect(removed?.data).toEqual({ user_id: stranger.id, remover_id: stranger.id });
    const deleted = (await socket.event('post_deleted')).data as { post: string };
    expect(JSON.parse(deleted.post)).toMatchObject({ delete_at: 0, message: 'two' });
    await outside.event('user_removed');
    expect(outside.events).toEqual(['hello 0', 'user_added 1', 'user_removed 2']);
    expect(outside.frames.at(-1)?.data).toEqual({ channel_id: ops.id, remover_id: stranger.id });
  });

  test('a direct channel belongs to no team', async () => {
    const { bot, anna } = await start();
    const { socket } = await greeted(bot.token);
    await anna.posts('hello', mm.direct(bot, anna), { files: [{ name: 'job.log', content: 'x' }] });
    const { data } = await socket.event('posted');
    expect(data).toMatchObject({ channel_type: 'D', team_id: '', otherFile: 'true', mentions: `["${bot.id}"]` });
  });
});

test('undici’s client, which can send a header, is served too', async () => {
  const { bot, post } = await start();
  const ws = new WebSocket(`${mm.url.replace('http', 'ws')}/api/v4/websocket`, {
    headers: { authorization: `Bearer ${bot.token}` },
  });
  const frames: string[] = [];
  const second = new Promise<void>((resolve) => {
    ws.addEventListener('message', ({ data }) => {
      if (frames.push(String(data)) === 2) resolve();
    });
  });
  await mm.waitFor(() => mm.openSockets === 1);
  await post('hi');
  await second;
  expect(frames.map((f) => (JSON.parse(f) as { event: string }).event)).toEqual(['hello', 'posted']);
  ws.close();
});
