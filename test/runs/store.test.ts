import { RunStore } from '../../src/runs/store.js';
import { type Parts, startParts } from '../queue/parts.js';

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts.stop());

const ana = { platform: 'slack', id: 'UANA' } as const;
const bob = { platform: 'slack', id: 'UBOB' } as const;
const CALL = { part: 'gitlab', what: 'GET /api/v4/version', came: '200', ms: 7 } as const;

test('a run is read as it was: who asked, what was said and asked of the world, and how it ended', async () => {
  let now = 1_000;
  const store = new RunStore(parts.connect(), () => now);
  await store.begin('0a0a0a0a', { queue: 'status', asked: 'status lab', person: ana });
  await store.joined('0a0a0a0a', bob);
  now = 2_000;
  await store.said('0a0a0a0a', { mark: 'pass', title: 'lab works' });
  now = 3_000;
  await store.end('0a0a0a0a', 'done', { calls: [CALL], made: 5 });
  expect(await store.read('0a0a0a0a')).toEqual({
    id: '0a0a0a0a',
    queue: 'status',
    asked: 'status lab',
    people: [ana, bob],
    begun: 1_000,
    attempts: 1,
    ended: 3_000,
    ending: 'done',
    calls: [CALL],
    made: 5,
    said: [{ at: 2_000, mark: 'pass', title: 'lab works' }],
  });
});

test('one that is taken up again has begun when it first did, and has not ended', async () => {
  let now = 1_000;
  const store = new RunStore(parts.connect(), () => now);
  const of = { queue: 'status', asked: 'status', person: ana };
  await store.begin('0b0b0b0b', of);
  await store.end('0b0b0b0b', 'put-off', { calls: [], made: 0 });
  now = 9_000;
  await store.begin('0b0b0b0b', of);
  const run = await store.read('0b0b0b0b');
  expect(run).toMatchObject({ begun: 1_000, attempts: 2 });
  expect(run?.ending).toBeUndefined();
});

test('of very much that was said the last is kept, and all is forgotten after a while', async () => {
  const redis = parts.connect();
  const store = new RunStore(redis, () => 1);
  await store.begin('0c0c0c0c', { queue: 'bulk', asked: 'rotate-tokens', person: ana });
  await store.joined('0c0c0c0c', bob);
  for (let number = 0; number < 80; number++) await store.said('0c0c0c0c', { mark: 'running', title: `${number}` });
  expect((await store.read('0c0c0c0c'))?.said.map(({ title }) => title).slice(-1)).toEqual(['79']);
  expect((await store.read('0c0c0c0c'))?.said).toHaveLength(50);
  for (const key of await redis.keys('*0c0c0c0c*')) expect(await redis.ttl(key)).toBeGreaterThan(0);
});

test('one that never was is none', async () => {
  expect(await new RunStore(parts.connect(), () => 1).read('ffffffff')).toBeUndefined();
});
