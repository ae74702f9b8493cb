import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { readBody } from './body.js';
import { createClock, type ManualClock, type SlackDouble, signSlack, startSlack } from './double.js';
import { isObj, type Obj, type SlackChannel, type SlackUser } from './types.js';

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

interface Client {
  ws: WebSocket;
  frames: Obj[];
}

async function url(): Promise<string> {
  const headers = { authorization: `Bearer ${slack.appToken}` };
  const body: unknown = await (await fetch(`${slack.apiUrl}apps.connections.open`, { method: 'POST', headers })).json();
  return isObj(body) ? String(body.url) : '';
}

/** Connects; acks every envelope with `payload` unless it is undefined. Resolves at the first frame. */
async function connect(payload?: Obj, address?: string): Promise<Client> {
  const client: Client = { ws: new WebSocket(address ?? (await url())), frames: [] };
  await new Promise<void>((resolve, reject) => {
    client.ws.on('error', reject);
    client.ws.on('message', (data) => {
      const frame: unknown = JSON.parse(String(data));
      if (!isObj(frame)) return;
      client.frames.push(frame);
      if (payload !== undefined && frame.envelope_id !== undefined) {
        client.ws.send(JSON.stringify({ envelope_id: frame.envelope_id, payload }));
      }
      resolve();
    });
  });
  return client;
}

test('hello first; a ticket opens one connection', async () => {
  const address = await url();
  const { frames } = await connect({}, address);
  expect(frames[0]).toMatchObject({ type: 'hello', num_connections: 1, connection_info: { app_id: slack.appId } });
  await expect(connect({}, address)).rejects.toThrow('401');
});

test('the eleventh connection is sent away', async () => {
  for (let i = 0; i < 10; i++) await connect({});
  const { frames } = await connect({});
  expect(frames[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
  expect(slack.openConnections).toBe(10);
});

test('each envelope goes to one connection, in turn', async () => {
  const a = await connect({ text: 'a' });
  const b = await connect({ text: 'b' });
  const answers: unknown[] = [];
  for (let i = 0; i < 4; i++) answers.push((await slack.command(anna, ops, `${i}`)).ack);
  expect(answers).toEqual([{ text: 'a' }, { text: 'b' }, { text: 'a' }, { text: 'b' }]);
  expect([a.frames.length, b.frames.length]).toEqual([3, 3]);
  expect(a.frames[1]).toMatchObject({
    type: 'slash_commands',
    accepts_response_payload: true,
    payload: { command: '/registry', text: '0', is_enterprise_install: 'false' },
  });
});

test('an ack for an unknown envelope is a problem', async () => {
  const { ws } = await connect();
  ws.send('{"envelope_id":"nope"}');
  const [problem] = await slack.waitFor(() => slack.problems.length > 0 && slack.problems);
  expect(problem).toContain('unknown envelope');
});

test('an unacked command times out once and is not sent again; events are', async () => {
  const { frames } = await connect();
  const outcome = slack.command(anna, ops, 'x');
  clock.advance(3000);
  await expect(outcome).resolves.toMatchObject({ error: 'operation_timeout' });
  const { events } = await slack.say(anna, ops, 'x');
  clock.advance(3000);
  await slack.waitFor(() => slack.unacked.envelopes.length === 3);
  clock.advance(3000);
  await slack.waitFor(() => events[0]?.attempts.length === 2);
  clock.advance(60_000);
  clock.advance(3000);
  await slack.waitFor(() => events[0]?.attempts.length === 3);
  clock.advance(300_000);
  clock.advance(3000);
  await slack.waitFor(() => events[0]?.state === 'given up');
  const { ws } = await connect({});
  expect(ws.readyState).toBe(WebSocket.OPEN);
  const sent = frames.filter((f) => f.type === 'events_api');
  expect(sent.map((f) => [f.retry_attempt, f.retry_reason])).toEqual([
    [0, ''],
    [1, 'timeout'],
    [2, 'timeout'],
    [3, 'timeout'],
  ]);
  expect(new Set(sent.map((f) => f.envelope_id)).size).toBe(4);
  expect(frames.filter((f) => f.type === 'slash_commands')).toHaveLength(1);
});

test('a warning, and ten seconds later the request to go', async () => {
  const { ws, frames } = await connect();
  const second = new Promise<void>((resolve) => {
    ws.on('message', () => {
      if (frames.length === 3) resolve();
    });
  });
  slack.disconnectSockets('warning');
  clock.advance(10_000);
  await second;
  expect(frames.slice(1).map((f) => f.reason)).toEqual(['warning', 'refresh_requested']);
});

test('held events come in the order the test wants', async () => {
  const { frames, ws } = await connect({});
  slack.holdEvents();
  await slack.say(anna, ops, 'first');
  await slack.say(anna, ops, 'second');
  const both = new Promise<void>((resolve) => {
    ws.on('message', () => {
      if (frames.length === 3) resolve();
    });
  });
  slack.releaseEvents('reversed');
  await both;
  const texts = frames.slice(1).map((f) => (isObj(f.payload) && isObj(f.payload.event) ? f.payload.event.text : ''));
  expect(texts).toEqual(['second', 'first']);
});

test('HTTP deliveries are signed over the raw body, and X-Slack-No-Retry ends the retries', async () => {
  const got: { headers: IncomingMessage['headers']; body: string }[] = [];
  const app = createServer((request, response) => {
    void readBody(request).then((bytes) => {
      got.push({ headers: request.headers, body: bytes.toString('utf8') });
      response.writeHead(500, got.length === 2 ? { 'x-slack-no-retry': '1' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  slack.setEventsUrl(`http://127.0.0.1:${(app.address() as AddressInfo).port}/slack/events`);
  const { events } = await slack.say(anna, ops, 'é');
  await slack.waitFor(() => events[0]?.state === 'given up');
  app.closeAllConnections();
  app.close();
  const [first, second] = got;
  expect(got).toHaveLength(2);
  expect(first?.headers['x-slack-retry-num']).toBeUndefined();
  expect(second?.headers).toMatchObject({ 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_error' });
  const expected = signSlack(slack.signingSecret, 1_760_000_000, first?.body ?? '');
  expect(first?.headers).toMatchObject({ 'x-slack-signature': expected, 'content-type': 'application/json' });
});

test('signing: the example of the documentation', () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
    '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14' +
    'd10d2c447fce8b6703c';
  expect(signSlack('8f742231b10e8888abcd99yyyzzz85a5', 1531420618, body)).toBe(
    'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  );
});
