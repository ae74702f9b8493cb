import { Queue, type Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { answer } from '../../src/chat/answer.js';
import { rememberPlace } from '../../src/chat/places.js';
import type { Chat } from '../../src/chat/port.js';
import type { QuietHours } from '../../src/config/quiet-hours.js';
import { EdgeError } from '../../src/errors.js';
import { PREFIX } from '../../src/queue/connection.js';
import type { ReplyJob } from '../../src/queue/jobs.js';
import { sequenceKey } from '../../src/queue/replies.js';
import { createSeal } from '../../src/secrets/seal.js';
import { serveReplies } from '../../workers/replies.js';
import { Changes } from '../lab/slack/wait.js';
import { capture, type Parts, startParts } from '../queue/parts.js';

let parts: Parts;
let redis: Redis;
let queue: Queue;
let worker: Worker | undefined;

beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
  queue = new Queue('replies-slack', { connection: redis, prefix: PREFIX });
});
afterEach(async () => {
  await worker?.close();
  await queue.obliterate({ force: true });
});
afterAll(async () => {
  await queue.close();
  await parts.stop();
});

/** A chat that notes what it delivers; `deliver` may throw first. */
function serve(deliver: (reply: ReplyJob) => void = () => {}, quietHours?: QuietHours) {
  const delivered: string[] = [];
  const changes = new Changes();
  const chat: Chat = {
    platform: 'slack',
    localeOf: async () => undefined,
    start: async () => {},
    stop: async () => {},
    tell: async () => {},
    deliver: async (reply) => {
      deliver(reply);
      delivered.push(`${reply.key} ${reply.answer.title}`);
      changes.emit();
    },
  };
  const { log, logged } = capture();
  worker = serveReplies('replies-slack', chat, redis, log, createSeal('the key of these tests'), () => quietHours);
  return { delivered, logged, until: (count: number) => changes.waitFor(() => delivered.length >= count) };
}

const add = (key: string, sequence: number, title: string) => {
  const address = { platform: 'slack', channel: 'C1', person: 'UANA' } as const;
  return queue.add('reply', { address, key, sequence, answer: answer('pass', title) });
};

const outage = (retry: 'never' | { afterMs: number }) =>
  new EdgeError({ part: 'slack', code: 'slack-failed', retry, forPerson: { what: 'Slack is down', next: 'wait' } });

describe('answers', () => {
  test('are delivered in their order', async () => {
    for (const title of ['one', 'two', 'three']) await add(title, 1, 'done');
    const { delivered, until } = serve();
    await until(3);
    expect(delivered).toEqual(['one done', 'two done', 'three done']);
  });

  test('that a newer one of the same message has overtaken are left out', async () => {
    await redis.set(sequenceKey('overtaken'), '2');
    await add('overtaken', 1, 'under way');
    await add('overtaken', 2, 'done');
    const { delivered, until } = serve();
    await until(1);
    expect(delivered).toEqual(['overtaken done']);
  });

  test('wait for a chat that is down, and hold up no other', async () => {
    let down = true;
    const { delivered, until, logged } = serve(({ key }) => {
      if (key !== 'a' || !down) return;
      down = false;
      throw outage({ afterMs: 50 });
    });
    await add('a', 1, 'done');
    await add('b', 1, 'done');
    await until(2);
    expect(delivered.toSorted()).toEqual(['a done', 'b done']);
    expect(await logged('answer not delivered yet')).toMatchObject({ part: 'slack', code: 'slack-failed' });
  });

  test.each([
    ['the chat refuses for good', outage('never')],
    ['an adapter has a fault', new TypeError('a fault')],
  ])('are given up, and logged, when %s', async (_, error) => {
    const { delivered, logged } = serve(() => {
      throw error;
    });
    await add('a', 1, 'done');
    await logged('answer given up');
    expect(delivered).toEqual([]);
    expect(await queue.getFailedCount()).toBe(1);
  });
});

describe('in the quiet hours', () => {
  /** From a minute ago for an hour, whenever that is. */
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  const hours = (): QuietHours => ({
    from: clock(Date.now() - 60_000),
    to: clock(Date.now() + 3_600_000),
    zone: 'UTC',
  });
  const post = (key: string, more: object, person = '') =>
    queue.add('reply', {
      address: { platform: 'slack', channel: 'C1', person },
      ...{ key, sequence: 1, answer: { ...answer('info', 'news'), ...more } },
    });

  test('what nobody asked for waits for their end; what is urgent, an edit, and an answer do not', async () => {
    await rememberPlace(redis, 'edited', { channel: 'C1', ts: '1' });
    await post('waits', {});
    await post('urgent', { urgent: true });
    await post('edited', {});
    await post('asked', {}, 'UANA');
    const { delivered, until } = serve(undefined, hours());
    await until(3);
    expect(delivered.toSorted()).toEqual(['asked news', 'edited news', 'urgent news']);
    const [waiting] = await queue.getDelayed();
    expect(waiting?.data).toMatchObject({ key: 'waits' });
    expect(waiting?.delay).toBeGreaterThan(3_000_000);
  });
});
