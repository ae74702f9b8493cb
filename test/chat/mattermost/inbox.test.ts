import type { Redis } from 'ioredis';
import { openApi, type Post } from '../../../src/chat/mattermost/api.js';
import { Inbox } from '../../../src/chat/mattermost/inbox.js';
import { type MattermostDouble, startMattermost } from '../../lab/mattermost/double.js';

/** What is meant for the bot, and what it missed. */

let mattermost: MattermostDouble;
beforeAll(async () => {
  mattermost = await startMattermost();
});
afterAll(() => mattermost.stop());

/** As much of Redis as the inbox uses. */
function memory(): Redis {
  const kept = new Map<string, string>();
  return {
    get: async (key: string) => kept.get(key) ?? null,
    set: async (key: string, value: string | number) => void kept.set(key, String(value)),
  } as unknown as Redis;
}

let count = 0;
function setUp() {
  count += 1;
  const team = mattermost.addTeam(`team${count}`);
  const ana = mattermost.addUser({ username: `ana${count}` });
  const bot = mattermost.addBot(`registrar${count}`);
  const channel = mattermost.addChannel(team, 'builds');
  for (const one of [ana, bot]) mattermost.join(one, channel);
  const api = openApi(mattermost.url, bot.token);
  const heard: string[] = [];
  let last = 0;
  const inbox = new Inbox({
    ...{ api, redis: memory(), bot, now: () => last },
    spoken: async ({ message }: Post) => void heard.push(message),
  });
  const close = () => api.close();
  const direct = mattermost.direct(ana, bot);
  return { ana, bot, channel, direct, inbox, heard, close, at: (time: number) => (last = time) };
}

test('direct messages are for the bot, and posts that name it; nothing else is', async () => {
  const { ana, bot, channel, direct, inbox, heard, close } = setUp();
  for (const post of [
    await ana.posts('status', direct),
    await ana.posts(`@${bot.username} status main`, channel),
    await ana.posts('lunch?', channel),
  ])
    await inbox.take({ ...post, props: post.props as Post['props'] });
  expect(heard).toEqual(['status', `@${bot.username} status main`]);
  await close();
});

test('what came while nobody listened is read, in every channel, once', async () => {
  const { ana, bot, channel, direct, inbox, heard, close, at } = setUp();
  const before = await ana.posts('before it was there', direct);
  at(before.create_at);
  await inbox.catchUp();
  expect(heard).toEqual([]);
  await ana.posts('status', direct);
  await ana.posts(`@${bot.username} help`, channel);
  await inbox.catchUp();
  expect(heard.sort()).toEqual([`@${bot.username} help`, 'status']);
  await inbox.catchUp();
  expect(heard).toHaveLength(2);
  await close();
});
