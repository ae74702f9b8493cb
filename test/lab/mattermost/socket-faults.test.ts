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
