import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type Answer, answer, text } from '../../../src/chat/answer.js';
import type { ReplyAddress } from '../../../src/chat/request.js';
import { deliverToSlack } from '../../../src/chat/slack/deliver.js';
import { type Redis as LabRedis, startRedis } from '../../lab/host/redis.js';
import { type SlackChannel, type SlackDouble, startSlack } from '../../lab/slack/double.js';
import { sizeOf } from '../../picture/size.js';
import { quietClient } from './quiet-client.js';

/** Pictures stand in an answer's message, and no answer is lost because of one: on the Slack double and a real Redis. */

let dir: string;
let server: LabRedis;
let redis: Redis;
let slack: SlackDouble;
let serial = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registrar-pictures-'));
  server = await startRedis(dir);
  redis = new Redis(server.url, { protocol: 2 });
});
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(async () => {
  expect(slack.problems).toEqual([]);
  await slack.stop();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Delivers answers of one message to a channel. */
function message(channel: SlackChannel, client = quietClient(slack)) {
  const key = `key-${++serial}`;
  const address: ReplyAddress = { platform: 'slack', channel: channel.id, person: '' };
  return (sequence: number, said: Answer) => deliverToSlack({ address, key, sequence, answer: said }, client, redis);
}

const open = (name = `c${++serial}`) => slack.addChannel({ name, botIsMember: true });
const texts = (channel: SlackChannel) => slack.messages(channel.id).map((one) => one.text);

/** Another picture each time, for Redis remembers those of the other tests. */
const status = (mark: Answer['mark'] = 'fail', name = `link ${++serial}`): Answer =>
  answer(mark, 'status', { kind: 'chain', links: [{ name, mark: 'fail' }] }, text('more'));
const blocks = (channel: SlackChannel) => slack.messages(channel.id).at(-1)?.blocks ?? [];
const kinds = (channel: SlackChannel) => blocks(channel).map(({ type }) => type);
const fileOf = (channel: SlackChannel) => {
  const { slack_file: file } = blocks(channel)[1] ?? {};
  return (file as { id: string } | undefined)?.id ?? '';
};
const inWords = ['section', 'section', 'section'];
const drawn = ['section', 'image', 'section'];

test('are uploaded, shown in their place, and shared with nobody', async () => {
  const channel = open();
  const deliver = message(channel);
  await deliver(1, status('running', 'registry'));
  expect(kinds(channel)).toEqual(inWords);
  await deliver(2, status('fail', 'registry'));
  expect(texts(channel)).toEqual(['🔴 status']);
  expect(blocks(channel)[1]).toMatchObject({ type: 'image', alt_text: 'client ok, registry FAILED' });
  const [complete] = slack.callsOf('files.completeUploadExternal');
  expect(complete?.args).not.toHaveProperty('channel_id');
  const file = slack.file(fileOf(channel));
  expect(file).toMatchObject({ name: 'chain.png', shares: [] });
  expect(sizeOf(file?.content ?? Buffer.of()).height).toBe(208);
  expect(slack.callsOf('upload')).toMatchObject([{ tokenKind: 'none', args: { length: file?.content.length } }]);
});

test('are uploaded once, however many answers show them', async () => {
  const same = status();
  for (const channel of [open(), open()]) {
    await message(channel)(1, same);
    expect(kinds(channel)).toEqual(drawn);
  }
  expect(slack.callsOf('upload')).toHaveLength(1);
});

test('a timeline is one too', async () => {
  const channel = open();
  const timeline = { kind: 'timeline' as const, from: 0, to: ++serial, slots: [{ mark: 'pass' as const, ms: 12 }] };
  await message(channel)(1, answer('info', 'the day', timeline));
  expect(blocks(channel)[1]).toMatchObject({ type: 'image', alt_text: expect.stringContaining('worked in 100 %') });
});

test.each([
  ['the scope is missing', () => slack.removeScope('files:write')],
  ['Slack takes no uploads', () => slack.refuseUploads()],
])('are said in words when %s', async (_, wrong) => {
  const channel = open();
  wrong();
  await message(channel)(1, status());
  expect(kinds(channel)).toEqual(inWords);
});

test.each([
  'https://files.evil.example/upload',
  'http://files.slack.com/upload',
  'https://slack.com.evil.example/upload',
  '',
])('go to Slack only, not to %p', async (upload_url) => {
  const channel = open();
  const client = quietClient(slack);
  Object.assign(client.files, { getUploadURLExternal: async () => ({ ok: true, upload_url, file_id: 'F1' }) });
  await message(channel, client)(1, status());
  expect(kinds(channel)).toEqual(inWords);
  expect(slack.callsOf('files.completeUploadExternal')).toEqual([]);
});

test.each([['files.getUploadURLExternal'], ['upload'], ['files.completeUploadExternal']])(
  'wait as long as Slack says at %s',
  async (method) => {
    const channel = open();
    const deliver = message(channel);
    const same = status();
    slack.rateLimit(method, { retryAfter: 9, times: 3 });
    for (let tries = 0; tries < 3; tries++)
      await expect(deliver(1, same)).rejects.toMatchObject({ retry: { afterMs: 9000 } });
    expect(texts(channel)).toEqual([]);
    await deliver(1, same);
    expect(kinds(channel)).toEqual(drawn);
  },
);

test.each([
  ['files.getUploadURLExternal', 'http503'],
  ['files.getUploadURLExternal', 'cutBefore'],
  ['upload', 'http500'],
  ['upload', 'cutBefore'],
  ['files.completeUploadExternal', 'cutAfter'],
] as const)('are tried once more after %s: %s; the answer does not wait for them longer', async (method, kind) => {
  const patient = open();
  const deliver = message(patient);
  const same = status();
  slack.fail(method, kind);
  await expect(deliver(1, same)).rejects.toMatchObject({
    code: 'slack-failed',
    retry: { afterMs: expect.any(Number) },
  });
  await deliver(1, same);
  expect(kinds(patient)).toEqual(drawn);

  const hopeless = open();
  const second = message(hopeless);
  const other = status();
  slack.fail(method, kind, { times: 2 });
  await expect(second(1, other)).rejects.toMatchObject({ code: 'slack-failed' });
  await second(1, other);
  expect(kinds(hopeless)).toEqual(inWords);
});

test('that are not ready yet are shown a little later', async () => {
  const channel = open();
  const deliver = message(channel);
  const same = status();
  slack.slowPictures();
  await expect(deliver(1, same)).rejects.toMatchObject({ retry: { afterMs: 2000 } });
  await deliver(1, same);
  expect(kinds(channel)).toEqual(drawn);
  expect(slack.callsOf('upload')).toHaveLength(1);
});

test('that are never ready are said in words, in an edit as well', async () => {
  const channel = open();
  const deliver = message(channel);
  const same = status();
  slack.slowPictures(9);
  await deliver(1, status('running'));
  await expect(deliver(2, same)).rejects.toMatchObject({ retry: { afterMs: 2000 } });
  await deliver(2, same);
  expect(texts(channel)).toEqual(['🔴 status']);
  expect(kinds(channel)).toEqual(inWords);
});

test('that somebody deleted in Slack are uploaded anew', async () => {
  const same = status();
  const before = open();
  await message(before)(1, same);
  slack.deleteFile(fileOf(before));
  const channel = open();
  const deliver = message(channel);
  await expect(deliver(1, same)).rejects.toMatchObject({ retry: { afterMs: 2000 } });
  await deliver(1, same);
  expect(kinds(channel)).toEqual(drawn);
  expect(slack.callsOf('upload')).toHaveLength(2);
});
