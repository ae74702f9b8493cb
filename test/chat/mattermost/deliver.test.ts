import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { type Answer, answer, buttons, text } from '../../../src/chat/answer.js';
import { openApi } from '../../../src/chat/mattermost/api.js';
import { openPressed } from '../../../src/chat/mattermost/context.js';
import { type Delivery, deliverToMattermost } from '../../../src/chat/mattermost/deliver.js';
import { openPeople } from '../../../src/chat/mattermost/people.js';
import type { ReplyAddress } from '../../../src/chat/request.js';
import { createSeal } from '../../../src/secrets/seal.js';
import { startRedis } from '../../lab/host/redis.js';
import {
  type Channel,
  type MattermostDouble,
  type Person,
  startMattermost,
  type Team,
} from '../../lab/mattermost/double.js';

/** Answers reach Mattermost once, and are edited in place, whatever happens to the calls. */

let mattermost: MattermostDouble;
let redisServer: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let dir: string;
let delivery: Delivery;
let ana: Person;
let team: Team;
let channels = 0;
let keys = 0;
const seal = createSeal('a key');

beforeAll(async () => {
  mattermost = await startMattermost();
  dir = await mkdtemp(join(tmpdir(), 'registrar-deliver-'));
  redisServer = await startRedis(dir);
  redis = new Redis(redisServer.url);
  team = mattermost.addTeam('acme');
  ana = mattermost.addUser({ username: 'ana', timezone: 'Europe/Paris' });
  const bot = mattermost.addBot('registrar');
  for (const one of [ana, bot]) mattermost.joinTeam(one, team);
  const api = openApi(mattermost.url, bot.token);
  const people = openPeople(api, Date.now);
  delivery = { api, redis, seal, bot: bot.id, callbackUrl: 'http://registrar:8080', people, now: Date.now };
});

afterAll(async () => {
  expect(mattermost.problems).toEqual([]);
  redis.disconnect();
  await delivery.api.close();
  await Promise.all([mattermost.stop(), redisServer.stop()]);
  await rm(dir, { recursive: true, force: true });
});

afterEach(() => mattermost.clearFaults());

function channel(isMember = true): Channel {
  const made = mattermost.addChannel(team, `channel-${++channels}`);
  for (const who of [ana, ...(isMember ? [{ id: delivery.bot }] : [])]) mattermost.join(who, made);
  return made;
}

const newKey = () => `key-${++keys}`;
const address = ({ id }: Channel, more: Partial<ReplyAddress> = {}): ReplyAddress => ({
  ...{ platform: 'mattermost', channel: id, person: ana.id },
  ...more,
});
const deliver = (where: ReplyAddress, key: string, sequence: number, said: Answer) =>
  deliverToMattermost({ address: where, key, sequence, answer: said }, delivery);
const words = (where: Channel) => mattermost.posted(where).map(({ message }) => message);

test('the first answer is posted, later ones edit it, and a late one changes nothing', async () => {
  const [where, key] = [channel(), newKey()];
  await deliver(address(where), key, 1, answer('running', 'looking'));
  await deliver(address(where), key, 3, answer('pass', 'it works'));
  await deliver(address(where), key, 2, answer('running', 'still looking'));
  expect(words(where)).toEqual(['✅ **it works**']);
});

test.each(['cutAfter', 'hangAfter', 502] as const)('%s: the post is found again, and not made twice', async (fault) => {
  const [where, key] = [channel(), newKey()];
  mattermost.fail('POST /posts', fault);
  const first = deliver(address(where), key, 1, answer('pass', 'once'));
  await expect(first).rejects.toMatchObject({ code: 'mattermost-failed', retry: { afterMs: expect.any(Number) } });
  await deliver(address(where), key, 1, answer('pass', 'once'));
  expect(words(where)).toEqual(['✅ **once**']);
});

test('a rate limit is heeded as the server says it', async () => {
  mattermost.fail('POST /posts', 429);
  await expect(deliver(address(channel()), newKey(), 1, answer('pass', 'x'))).rejects.toMatchObject({
    status: 429,
    retry: { afterMs: expect.any(Number) },
  });
});

test('an answer whose post somebody removed is posted anew; under a thread that is gone, in the channel', async () => {
  const [where, key] = [channel(), newKey()];
  await deliver(address(where), key, 1, answer('running', 'looking'));
  const [post] = mattermost.posted(where);
  if (post === undefined) throw new Error('no post');
  await delivery.api.call(z.unknown(), 'DELETE', `/posts/${post.id}`);
  await deliver(address(where), key, 2, answer('pass', 'it works'));
  expect(words(where)).toEqual(['✅ **it works**']);
  const root = await ana.posts('who broke it?', where);
  await ana.deletes(root);
  await deliver(address(where, { thread: root.id }), newKey(), 1, answer('info', 'nobody'));
  expect(words(where)).toContain('ℹ️ **nobody**');
});

test('where the bot may not post, and what is for one person alone, comes as a direct message', async () => {
  const closed = channel(false);
  await deliver(address(closed), newKey(), 1, answer('pass', 'in private'));
  const open = channel();
  await deliver(address(open), newKey(), 1, { ...answer('warn', 'a typo'), quiet: true });
  expect([words(closed), words(open)]).toEqual([[], []]);
  expect(words(mattermost.direct(ana, { id: delivery.bot }))).toEqual(['✅ **in private**', '⚠️ **a typo**']);
});

test('what is for one person alone is ephemeral where the role allows that', async () => {
  mattermost.grant('system_user', 'create_post_ephemeral');
  const where = channel();
  await deliver(address(where), newKey(), 1, { ...answer('warn', 'only you'), quiet: true });
  mattermost.deny('system_user', 'create_post_ephemeral');
  expect(words(where)).toEqual([]);
  expect(ana.sees(where)).toMatchObject([{ ephemeral: true, message: '⚠️ **only you**' }]);
});

test('times are in the asker’s zone; a list is a file, a chain a picture that says what it shows', async () => {
  const where = channel();
  const chain = { kind: 'chain' as const, links: [{ name: 'DNS', mark: 'fail' as const }] };
  const file = { kind: 'file' as const, name: 'tokens.csv', text: 'a,b\n' };
  await deliver(address(where), newKey(), 1, answer('fail', 'x', text('since 2026-03-01 12:05 UTC'), chain, file));
  const [post] = mattermost.posted(where);
  expect(post?.message).toContain('since 2026-03-01 13:05 CET');
  const files = (post?.file_ids ?? []).map((id) => mattermost.file(id));
  expect(files.map((one) => one?.name)).toEqual([expect.stringMatching(/DNS.*\.png$/), 'tokens.csv']);
});

test('a button is sealed for its channel and its answer', async () => {
  const [where, key] = [channel(), newKey()];
  const offered = buttons({ label: 'Rotate', action: 'rotate-run', value: 'plan', style: 'danger' });
  await deliver(address(where), key, 1, answer('info', 'Rotate?', offered));
  const sent = JSON.stringify(mattermost.requestsOf('POST /posts').at(-1)?.body);
  const sealed = /"sealed":"([^"]+)"/.exec(sent.replaceAll('\\"', '"'))?.[1];
  expect(openPressed(sealed, seal, Date.now())).toMatchObject({
    ...{ action: 'rotate-run', value: 'plan', key, channel: where.id },
  });
});
