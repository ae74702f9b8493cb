import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { answer, text } from '../../../src/chat/answer.js';
import type { ReplyAddress } from '../../../src/chat/request.js';
import { deliverToSlack } from '../../../src/chat/slack/deliver.js';
import { type Redis as LabRedis, startRedis } from '../../lab/host/redis.js';
import { type SlackChannel, type SlackDouble, type SlackUser, startSlack } from '../../lab/slack/double.js';
import { quietClient } from './quiet-client.js';

/** Posted once, edited after, never lost: on the Slack double and a real Redis. */

let dir: string;
let server: LabRedis;
let redis: Redis;
let slack: SlackDouble;
let ana: SlackUser;
let serial = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registrar-deliver-'));
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

/** Delivers answers of one message to a channel. */
function message(channel: SlackChannel, thread?: string) {
  const key = `key-${++serial}`;
  const address: ReplyAddress = {
    platform: 'slack',
    channel: channel.id,
    person: ana.id,
    ...(thread === undefined ? {} : { thread }),
  };
  const client = quietClient(slack);
  return (sequence: number, words: string) =>
    deliverToSlack({ address, key, sequence, answer: answer('pass', words, text('more')) }, client, redis);
}

const open = (name = `c${++serial}`) => slack.addChannel({ name, botIsMember: true });
const texts = (channel: SlackChannel) => slack.messages(channel.id).map((one) => one.text);

test('an answer that is to stand below another one goes into its thread', async () => {
  const channel = open();
  const head = `key-${++serial}`;
  const address: ReplyAddress = { platform: 'slack', channel: channel.id, person: '' };
  const client = quietClient(slack);
  const say = (key: string, words: string, at: ReplyAddress) =>
    deliverToSlack({ address: at, key, sequence: 1, answer: answer('pass', words) }, client, redis);
  await say(head, 'it broke', address);
  await say(`${head}-1`, 'it got worse', { ...address, under: head });
  await say(`key-${++serial}`, 'an orphan', { ...address, under: 'never-posted' });
  const [first, note, orphan] = slack.messages(channel.id);
  expect(note).toMatchObject({ text: expect.stringContaining('it got worse'), threadTs: first?.ts });
  expect(orphan?.threadTs).toBeUndefined();
});

describe('an answer', () => {
  test('is posted first, and edited then', async () => {
    const channel = open();
    const deliver = message(channel);
    await deliver(1, 'under way');
    await deliver(2, 'done');
    expect(texts(channel)).toEqual(['✅ done']);
    expect(slack.callsOf('chat.postMessage')[0]?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  });

  test('that comes late or again changes nothing', async () => {
    const channel = open();
    const deliver = message(channel);
    await deliver(2, 'done');
    await deliver(1, 'under way');
    await deliver(2, 'done');
    expect(texts(channel)).toEqual(['✅ done']);
    expect(slack.callsOf('chat.update')).toEqual([]);
  });

  test.each([['in a channel'], ['in a thread'], ['in a direct message']])(
    'whose post arrived, but not the response, is found again %s',
    async (where) => {
      const channel = where === 'in a direct message' ? slack.dm(ana) : open();
      const parent = where === 'in a thread' ? (await slack.say(ana, channel, 'look')).ts : undefined;
      const deliver = message(channel, parent);
      slack.fail('chat.postMessage', 'cutAfter');
      await expect(deliver(1, 'done')).rejects.toMatchObject({ part: 'slack', retry: { afterMs: 3000 } });
      await deliver(1, 'done');
      expect(texts(channel).filter((one) => one === '✅ done')).toHaveLength(1);
      expect(slack.callsOf('chat.postMessage')).toHaveLength(1);
    },
  );

  test('whose post never arrived is posted at the next try', async () => {
    const channel = open();
    const deliver = message(channel);
    slack.fail('chat.postMessage', 'cutBefore');
    await expect(deliver(1, 'done')).rejects.toMatchObject({ code: 'slack-failed' });
    await deliver(1, 'done');
    expect(texts(channel)).toEqual(['✅ done']);
  });

  test('waits as long as Slack says', async () => {
    const deliver = message(open());
    slack.rateLimit('chat.postMessage', { retryAfter: 17 });
    await expect(deliver(1, 'done')).rejects.toMatchObject({ retry: { afterMs: 17_000 } });
  });

  test.each([['http500'], ['http503']] as const)('is tried again after %s', async (kind) => {
    const channel = open();
    const deliver = message(channel);
    slack.fail('chat.postMessage', kind);
    await expect(deliver(1, 'done')).rejects.toMatchObject({ retry: { afterMs: 3000 } });
    await deliver(1, 'done');
    expect(texts(channel)).toEqual(['✅ done']);
  });

  test.each([['token_revoked'], ['account_inactive']])('is given up when Slack says %s', async (error) => {
    const deliver = message(open());
    slack.revoke('bot', error);
    await expect(deliver(1, 'done')).rejects.toMatchObject({ retry: 'never', forPerson: { why: error } });
  });
});

describe('where the bot can’t write', () => {
  test.each([
    ['a public channel', { botIsMember: false }],
    ['a private channel', { private: true, botIsMember: false }],
    ['an archived channel', { archived: true, botIsMember: true }],
  ])('%s: the answer and its edits are a direct message', async (name, options) => {
    const channel = slack.addChannel({ name: name.replaceAll(' ', '-'), ...options });
    const deliver = message(channel);
    await deliver(1, 'under way');
    await deliver(2, 'done');
    expect(texts(channel)).toEqual([]);
    expect(texts(slack.dm(ana))).toEqual(['✅ done']);
  });

  test('a channel that was archived in between', async () => {
    const channel = open();
    const deliver = message(channel);
    await deliver(1, 'under way');
    channel.archived = true;
    await deliver(2, 'done');
    expect(texts(slack.dm(ana))).toEqual(['✅ done']);
  });

  test('a thread whose first message was removed: the answer is posted beside it', async () => {
    const channel = open();
    const { ts, message: parent } = await slack.say(ana, channel, 'look');
    const deliver = message(channel, ts);
    slack.remove(parent);
    await deliver(1, 'done');
    expect(texts(channel)).toEqual(['✅ done']);
  });

  test('a message that somebody removed: the answer is posted anew', async () => {
    const channel = open();
    const deliver = message(channel);
    await deliver(1, 'under way');
    for (const one of slack.messages(channel.id)) slack.remove(one);
    await deliver(2, 'done');
    expect(texts(channel)).toEqual(['✅ done']);
  });
});

test('what only the asker should see goes to them alone, and directly where the bot is not in the channel', async () => {
  const members = [ana];
  const inside = slack.addChannel({ name: `c${++serial}`, botIsMember: true, members });
  const outside = slack.addChannel({ name: `c${++serial}`, botIsMember: false, private: true, members });
  for (const channel of [inside, outside]) {
    const address: ReplyAddress = { platform: 'slack', channel: channel.id, person: ana.id };
    const quiet = { ...answer('info', 'for Ana'), quiet: true };
    await deliverToSlack(
      { address, key: `alone-${channel.id}`, sequence: 1, answer: quiet },
      quietClient(slack),
      redis,
    );
    expect(texts(channel)).toEqual([]);
  }
  expect(slack.ephemerals(ana.id).map(({ channel, text: words }) => [channel, words])).toEqual([
    [inside.id, expect.stringContaining('for Ana')],
  ]);
  const direct = await quietClient(slack).conversations.open({ users: ana.id });
  expect(slack.messages(direct.channel?.id ?? '').map(({ text: words }) => words)).toEqual([
    expect.stringContaining('for Ana'),
  ]);
});
