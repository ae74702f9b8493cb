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
    const deleted = (await socket.event('post_deleted')).data as { post: string };
    expect(JSON.parse(deleted.post)).toMatchObject({ delete_at: 0, message: 'two' });
    await outside.event('user_removed');
    expect(outside.events).toEqual(['hello 0', 'user_added 1', 'user_removed 2']);
  });

  test('a direct channel belongs to no team', async () => {
    const { bot, anna } = await start();
    const { socket } = await greeted(bot.token);
    await anna.posts('hello', mm.direct(bot, anna), { files: [{ name: 'job.log', content: 'x' }] });
    const { data } = await socket.event('posted');
    expect(data).toMatchObject({ channel_type: 'D', team_id: '', otherFile: 'true', mentions: `["${bot.id}"]` });
  });
});

describe('resuming', () => {
  test('with a header and the next number, what was missed comes without a greeting', async () => {
    const { bot, post } = await start();
    const { socket, id } = await greeted(bot.token);
    await post('one');
    await socket.event('posted');
    mm.breakSockets('cut');
    await post('two');
    const again = listen({ token: bot.token, query: `?connection_id=${id}&sequence_number=2` });
    await again.event('posted');
    await post('three');
    await again.until(() => again.frames.length === 2);
    expect(again.events).toEqual(['posted 2', 'posted 3']);
  });

  test.each([
    ['after more than five minutes', async () => {}, 300_001],
    [
      'after more than 128 events',
      async (post: (text: string) => Promise<unknown>) => {
        for (let n = 0; n < 130; n++) await post(String(n));
      },
      0,
    ],
    ['after a restart', async () => mm.forgetSockets(), 0],
  ])('%s it begins anew', async (_, meanwhile, ms) => {
    const clock = createClock();
    const { bot, post, anna, ops } = await start({ clock });
    const { id } = await greeted(bot.token);
    mm.breakSockets('cut');
    await post('missed');
    await meanwhile((text) => anna.posts(text, ops));
    clock.advance(ms);
    const { socket, id: other } = await greeted(bot.token, `?connection_id=${id}&sequence_number=1`);
    expect(other).not.toBe(id);
    expect(socket.events).toEqual(['hello 0']);
  });

  test('by a challenge it always begins anew; without a number it is closed', async () => {
    const { bot } = await start();
    const { id } = await greeted(bot.token);
    mm.breakSockets('cut');
    const challenged = listen({ query: `?connection_id=${id}&sequence_number=1` });
    await challenged.asks('authentication_challenge', { token: bot.token });
    expect(challenged.events).toEqual(['hello 0']);
    const numberless = listen({ token: bot.token, query: `?connection_id=${id}` });
    await numberless.until(() => numberless.closed !== undefined);
  });
});

describe('a dead token', () => {
  test('leaves the socket open and silent; only an action tells', async () => {
    const { bot, anna, ops } = await start();
    const { socket } = await greeted(bot.token);
    mm.revoke(bot.token);
    await anna.posts('hi', ops);
    expect(await socket.asks('ping')).toMatchObject({ status: 'FAIL', error: { status_code: 401 } });
    expect(socket.events).toEqual(['hello 0']);
    expect(socket.closed).toBeUndefined();
    expect((await client(mm.url, bot.token)('GET', '/users/me')).status).toBe(401);
  });

  test('a bot disabled and enabled again is answered, and deaf', async () => {
    const { bot, anna, ops } = await start();
    const { socket } = await greeted(bot.token);
    mm.setActive(bot, false);
    expect(await socket.asks('ping')).toMatchObject({ status: 'FAIL' });
    mm.setActive(bot, true);
    await anna.posts('hi', ops);
    expect(await socket.asks('ping')).toMatchObject({ status: 'OK' });
    expect(socket.events).toEqual(['hello 0']);
  });
});

describe('faults', () => {
  test('a number skipped, an event twice, two in the wrong order', async () => {
    const { bot, post } = await start();
    const { socket } = await greeted(bot.token);
    mm.breakSockets('skip');
    await post('skipped');
    mm.breakSockets('repeat');
    await post('twice');
    mm.breakSockets('reorder');
    await post('later');
    await post('sooner');
    await socket.until(() => socket.frames.length === 5);
    expect(socket.events.slice(1)).toEqual(['posted 2', 'posted 2', 'posted 3', 'posted 4']);
    const texts = socket.frames.slice(3).map((f) => JSON.parse((f.data as { post: string }).post).message);
    expect(texts).toEqual(['sooner', 'later']);
  });

  test('a deaf one still answers, a hung one does not; cut ones are closed', async () => {
    const { bot, post } = await start();
    const { socket: deaf } = await greeted(bot.token);
    mm.breakSockets('deaf');
    await post('unheard');
    await deaf.asks('ping');
    expect(deaf.events).toEqual(['hello 0']);
    const { socket } = await greeted(bot.token);
    mm.breakSockets('hang', bot);
    await post('hung');
    expect(socket.events).toEqual(['hello 0']);
    mm.breakSockets('cut');
    await socket.until(() => socket.closed !== undefined);
    expect(mm.openSockets).toBe(0);
  });

  test('cut before the greeting, and right after it', async () => {
    const { bot } = await start();
    mm.cutNextSockets('before hello');
    const first = listen({ token: bot.token });
    await first.until(() => first.closed !== undefined);
    mm.cutNextSockets('after hello');
    const second = listen({ token: bot.token });
    await second.until(() => second.closed !== undefined);
    expect([first.events, second.events]).toEqual([[], ['hello 0']]);
    mm.refuseConnections(true, 'websocket');
    const third = listen({ token: bot.token });
    await third.until(() => third.closed !== undefined);
    expect((await client(mm.url, bot.token)('GET', '/users/me')).status).toBe(200);
    mm.refuseConnections(false);
    await greeted(bot.token);
  });

  test('a client that does not pong is dropped', async () => {
    const clock = createClock();
    const { bot } = await start({ clock });
    const quiet = listen({ token: bot.token, autoPong: false });
    const { socket: polite } = await greeted(bot.token);
    await quiet.event('hello');
    clock.advance(100_000);
    await quiet.until(() => quiet.closed !== undefined);
    expect(polite.closed).toBeUndefined();
  });
});
