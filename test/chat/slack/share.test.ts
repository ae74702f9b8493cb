import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { answer, text } from '../../../src/chat/answer.js';
import { deliverToSlack } from '../../../src/chat/slack/deliver.js';
import { type Redis as LabRedis, startRedis } from '../../lab/host/redis.js';
import { type SlackChannel, type SlackDouble, type SlackUser, startSlack } from '../../lab/slack/double.js';
import { quietClient } from './quiet-client.js';

/** A file of an answer is shared in its message's thread, once: on the Slack double and a real Redis. */

const CSV = 'kind,path\nproject,shop/ápi\n';

let dir: string;
let server: LabRedis;
let redis: Redis;
let slack: SlackDouble;
let ana: SlackUser;
let serial = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registrar-share-'));
  server = await startRedis(dir);
  redis = new Redis(server.url, { protocol: 2 });
});
beforeEach(async () => {
  slack = await startSlack();
  ana = slack.addUser({ name: 'ana' });
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

const open = () => slack.addChannel({ name: `c${++serial}`, botIsMember: true });

/** Delivers answers with a file, of one message. */
function message(channel: SlackChannel) {
  const key = `key-${++serial}`;
  const address = { platform: 'slack' as const, channel: channel.id, person: ana.id };
  return (sequence: number, name = 'list.csv') => {
    const said = answer('pass', `done ${sequence}`, text('more'), { kind: 'file', name, text: CSV });
    return deliverToSlack({ address, key, sequence, answer: said }, quietClient(slack), redis);
  };
}

/** The files below the message, in the order of their coming; Slack shows them a little after it said so. */
async function shared(channel: SlackChannel, count: number): Promise<string[]> {
  const below = () => slack.messages(channel.id).filter(({ files = [] }) => files.length > 0);
  await slack.waitFor(() => below().length >= count);
  const [head] = slack.messages(channel.id);
  return below().map(({ files = [], threadTs }) => {
    expect(threadTs).toBe(head?.ts);
    const file = slack.file(files[0] ?? '');
    expect(file?.content.toString()).toBe(CSV);
    return file?.name ?? '';
  });
}

test.each([['in a channel'], ['in a direct message']])('%s, also when the answer is edited', async (where) => {
  const channel = where === 'in a channel' ? open() : slack.dm(ana);
  const deliver = message(channel);
  await deliver(1);
  await deliver(1);
  await deliver(2);
  await deliver(3, 'other.csv');
  expect(await shared(channel, 2)).toEqual(['list.csv', 'other.csv']);
  expect(slack.messages(channel.id)[0]?.text).toBe('✅ done 3');
});

test.each([
  ['files.getUploadURLExternal', 'cutBefore'],
  ['files.getUploadURLExternal', 'cutAfter'],
  ['upload', 'cutBefore'],
  ['upload', 'cutAfter'],
  ['upload', 'http500'],
  ['files.completeUploadExternal', 'cutBefore'],
  ['files.completeUploadExternal', 'cutAfter'],
  ['files.completeUploadExternal', 'http503'],
] as const)('once, after %s: %s', async (method, kind) => {
  const channel = open();
  const deliver = message(channel);
  slack.fail(method, kind);
  await expect(deliver(1)).rejects.toMatchObject({ code: 'slack-failed', retry: { afterMs: expect.any(Number) } });
  await deliver(1);
  await message(channel)(1, 'last.csv');
  await slack.waitFor(() => slack.messages(channel.id).some(({ files = [] }) => files.length > 0));
  const names = slack.messages(channel.id).flatMap(({ files = [] }) => files.map((id) => slack.file(id)?.name));
  expect(names.filter((name) => name === 'list.csv')).toHaveLength(1);
  expect(slack.callsOf('chat.postMessage')).toHaveLength(2);
});

test('waits as long as Slack says, and searches for nothing', async () => {
  const channel = open();
  const deliver = message(channel);
  slack.rateLimit('files.completeUploadExternal', { retryAfter: 9 });
  await expect(deliver(1)).rejects.toMatchObject({ retry: { afterMs: 9000 } });
  await deliver(1);
  expect(await shared(channel, 1)).toEqual(['list.csv']);
  expect(slack.callsOf('conversations.history')).toEqual([]);
});

test.each([
  ['missing_scope', () => slack.removeScope('files:write')],
  ['file_uploads_disabled', () => slack.refuseUploads()],
])('or its message says why not: %s', async (why, wrong) => {
  const channel = open();
  wrong();
  await message(channel)(1);
  const [only, ...others] = slack.messages(channel.id);
  expect(others).toEqual([]);
  expect(JSON.stringify(only?.blocks)).toContain(`list.csv could not be shared (${why})`);
});
