import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { answer } from '../../src/chat/answer.js';
import { PREFIX } from '../../src/queue/connection.js';
import { Replies, replyQueueName, sequenceKey } from '../../src/queue/replies.js';
import { type Parts, startParts } from './parts.js';

let parts: Parts;
let redis: Redis;
beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
});
afterAll(() => parts.stop());

const terminal = { platform: 'terminal', channel: 'session-1', person: 'ana' } as const;

describe('an answer', () => {
  test('is numbered within its message, across workers', async () => {
    const [one, other] = [new Replies(redis), new Replies(parts.connect())];
    const queue = new Queue(replyQueueName(terminal), { connection: redis, prefix: PREFIX });
    await one.to(terminal, 'key-1')(answer('running', 'under way'));
    await other.to(terminal, 'key-1')(answer('pass', 'done'));
    await one.to(terminal, 'key-2')(answer('pass', 'another message'));
    const jobs = (await queue.getJobs()).map(({ data }) => data as { key: string; sequence: number });
    expect(jobs.map(({ key, sequence }) => `${key} ${sequence}`).toSorted()).toEqual(['key-1 1', 'key-1 2', 'key-2 1']);
    expect(await redis.get(sequenceKey('key-1'))).toBe('2');
    expect(await redis.ttl(sequenceKey('key-1'))).toBeGreaterThan(0);
    await Promise.all([one.close(), other.close(), queue.close()]);
  });
});

describe('replyQueueName', () => {
  test('is one queue for a platform, and one for each terminal', () => {
    expect(replyQueueName({ platform: 'slack', channel: 'C1' })).toBe(
      replyQueueName({ platform: 'slack', channel: 'C2' }),
    );
    expect(replyQueueName(terminal)).not.toBe(replyQueueName({ ...terminal, channel: 'session-2' }));
    expect(replyQueueName({ ...terminal, channel: 'a:b/c' })).toMatch(/^[a-z0-9-]+$/);
  });
});
