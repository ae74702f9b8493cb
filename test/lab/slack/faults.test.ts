import { webClient } from './bolt-apps.js';
import { createClock, type ManualClock, type SlackChannel, type SlackDouble, startSlack } from './double.js';

let slack: SlackDouble;
let clock: ManualClock;
let ops: SlackChannel;

beforeEach(async () => {
  clock = createClock(1_760_000_000_000);
  slack = await startSlack({ clock });
  ops = slack.addChannel({ name: 'ops' });
});
afterEach(() => slack.stop());

const post = (text = 'x') => webClient(slack).chat.postMessage({ channel: ops.id, text });

test('an ordered rate limit', async () => {
  slack.rateLimit('chat.postMessage', { times: 1, retryAfter: 7 });
  await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 7 });
  expect(await post()).toMatchObject({ ok: true });
  expect(slack.callsOf('chat.postMessage').map((c) => c.status)).toEqual([429, 200]);
});

test('the platform limits one post a second and channel', async () => {
  slack.enforceRateLimits(true);
  await post('1');
  await expect(post('2')).rejects.toMatchObject({ retryAfter: 1 });
  clock.advance(1000);
  await post('3');
  expect(slack.messages(ops.id).map((m) => m.text)).toEqual(['1', '3']);
});

test.each([
  ['http500', 'slack_webapi_http_error', 0],
  ['http503', 'slack_webapi_http_error', 0],
  ['cutBefore', 'slack_webapi_request_error', 0],
  ['cutAfter', 'slack_webapi_request_error', 1],
] as const)('%s', async (kind, code, stored) => {
  slack.fail('chat.postMessage', kind);
  await expect(post()).rejects.toMatchObject({ code });
  expect(slack.messages(ops.id)).toHaveLength(stored);
  await post();
  expect(slack.messages(ops.id)).toHaveLength(stored + 1);
});

test('a call that hangs', async () => {
  slack.fail('chat.postMessage', 'hang');
  const abort = new AbortController();
  const headers = { authorization: `Bearer ${slack.botToken}` };
  const body = new URLSearchParams({ channel: ops.id, text: 'x' });
  const pending = fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', headers, body, signal: abort.signal });
  await slack.waitFor(() => slack.callsOf('chat.postMessage')[0]?.fault === 'hang');
  abort.abort();
  await expect(pending).rejects.toThrow();
  expect(slack.messages(ops.id)).toEqual([]);
});

test('refused connections, and back', async () => {
  await post();
  slack.refuseConnections(true);
  await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
  slack.refuseConnections(false);
  await post();
  expect(slack.messages(ops.id)).toHaveLength(2);
});
