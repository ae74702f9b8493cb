import { client } from './client.js';
import { createClock, type MattermostDouble, type MattermostOptions, startMattermost } from './double.js';

let mm: MattermostDouble;

async function start(options: MattermostOptions = {}) {
  mm = await startMattermost(options);
  const team = mm.addTeam('platform');
  const ops = mm.addChannel(team, 'ops');
  const bot = mm.addBot('registrar');
  mm.join(bot, ops);
  const api = client(mm.url, bot.token);
  const post = (message = 'x') => api('POST', '/posts', { channel_id: ops.id, message });
  return { ops, bot, api, post };
}

afterEach(() => mm.stop());

describe('ordered faults', () => {
  test('as the server itself, as its rate limiter and as a proxy would say them', async () => {
    const { post, ops } = await start();
    mm.fail('POST /posts', 500);
    mm.fail('POST /posts', 503);
    mm.fail('POST /posts', 429);
    mm.fail('POST /posts', 502);
    expect(await post()).toMatchObject({ status: 500, json: { status_code: 500 } });
    expect(await post()).toMatchObject({ status: 503, id: 'api.context.server_busy.app_error' });
    const limited = await post();
    expect([limited.status, limited.text]).toEqual([429, 'limit exceeded\n']);
    expect(limited.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(limited.headers.get('retry-after')).toBe('1');
    const proxied = await post();
    expect([proxied.status, proxied.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(mm.posted(ops)).toEqual([]);
    expect((await post()).status).toBe(201);
    expect(mm.requests.map((r) => r.fault)).toEqual(['500', '503', '429', '502', undefined]);
  });

  test('a connection cut before the effect, and after it', async () => {
    const { post, ops } = await start();
    mm.fail('POST /posts', 'cutBefore');
    await expect(post('before')).rejects.toThrow('fetch failed');
    mm.fail(/^POST \/posts$/, 'cutAfter');
    await expect(post('after')).rejects.toThrow('fetch failed');
    expect(mm.posted(ops).map((p) => p.message)).toEqual(['after']);
  });

  test('hanging ones, until they are cleared; an empty list where there are posts', async () => {
    const { post, api, bot, ops } = await start();
    mm.fail('*', 'hangAfter');
    const signal = new AbortController();
    const headers = { authorization: `Bearer ${bot.token}` };
    const hung = fetch(`${mm.url}/api/v4/users/me`, { headers, signal: signal.signal });
    await mm.waitFor(() => mm.requests[0]?.status === 200);
    signal.abort();
    await expect(hung).rejects.toThrow('abort');
    await post();
    mm.fail('GET /channels/:channel_id/posts', 'empty');
    const list = async () => (await api('GET', `/channels/${ops.id}/posts?since=1`)).json.order;
    expect(await list()).toEqual([]);
    expect(await list()).toHaveLength(1);
    mm.fail('*', 500, 9);
    mm.clearFaults();
    expect((await post()).status).toBe(201);
  });

  test('people’s own clients are not touched', async () => {
    const { ops } = await start();
    const anna = mm.addUser({ username: 'anna' });
    mm.join(anna, ops);
    mm.fail('*', 500);
    await anna.posts('hi', ops);
    expect(mm.posted(ops)).toHaveLength(1);
    expect(mm.requests).toEqual([]);
  });

  test('nobody gets through, until they do', async () => {
    const { post } = await start();
    await post();
    mm.refuseConnections(true);
    await expect(post()).rejects.toThrow('fetch failed');
    mm.refuseConnections(false);
    expect((await post()).status).toBe(201);
  });
});

describe('the rate limiter', () => {
  const limit = { Enable: true, PerSec: 2, MaxBurst: 3, VaryByUser: true };

  test('tells what is left, refuses in plain text, and fills again by the clock', async () => {
    const clock = createClock();
    const { post, api } = await start({ clock, settings: { RateLimit: limit } });
    const first = await post();
    const said = ['limit', 'remaining', 'reset'].map((h) => first.headers.get(`x-ratelimit-${h}`));
    expect(said).toEqual(['3', '2', '1']);
    await post();
    await post();
    const refused = await api('GET', '/users/me');
    expect([refused.status, refused.text, refused.headers.get('retry-after')]).toEqual([429, 'limit exceeded\n', '1']);
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    clock.advance(500);
    expect((await post()).status).toBe(201);
    expect((await post()).status).toBe(429);
  });

  test('is off unless switched on', async () => {
    const { post } = await start();
    expect((await post()).headers.get('x-ratelimit-limit')).toBeNull();
  });
});
