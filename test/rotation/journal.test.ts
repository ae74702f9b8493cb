import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { workerConnection } from '../../src/queue/connection.js';
import { type Journal, RotationStore } from '../../src/rotation/journal.js';
import type { RotationPlan } from '../../src/rotation/plan/plan.js';
import { PLAN_SECONDS } from '../../src/rotation/plan/plan.js';
import { type Redis as LabRedis, startRedis } from '../lab/host/redis.js';
import { planOf as anyPlan, tokenOf } from './plan-of.js';

let dir: string;
let server: LabRedis;
let redis: Redis;
let store: RotationStore;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registrar-journal-'));
  server = await startRedis(dir);
  redis = workerConnection(server.url);
  store = new RotationStore(redis);
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

/** By default every plan is about a token of its own. */
function planOf(id: string, project = 1, token = project): RotationPlan {
  return anyPlan({ id, owner: { kind: 'project', id: project, path: 'shop/api' }, old: tokenOf(token) });
}

async function lifetime(part: string): Promise<number> {
  const [key] = await redis.keys(`*${part}*`);
  return redis.ttl(key ?? '');
}

test('a plan is kept as it is, as long as it may be confirmed, and taken once', async () => {
  const plan = planOf('plan-a');
  await store.savePlan(plan);
  expect(await store.plan('plan-a')).toEqual(plan);
  expect(await lifetime('plan-a')).toBeLessThanOrEqual(PLAN_SECONDS);
  expect(await lifetime('plan-a')).toBeGreaterThan(0);
  expect([await store.dropPlan('plan-a'), await store.dropPlan('plan-a')]).toEqual([true, false]);
  expect(await store.plan('plan-a')).toBeUndefined();
});

test('a journal that is begun takes the plan’s place, and is not begun a second time', async () => {
  const plan = planOf('plan-b');
  await store.savePlan(plan);
  await store.savePlan(plan);
  await store.begin(plan);
  expect(await store.plan('plan-b')).toBeUndefined();
  const carriedOn: Journal = { plan, writes: {}, outside: {}, createIntent: { knownIds: [7] } };
  await store.save(carriedOn);
  await store.savePlan(plan);
  await store.begin(plan);
  expect(await store.journal('plan-b')).toEqual(carriedOn);
});

test('an unfinished journal never lapses; a finished one does in the end', async () => {
  const journal: Journal = { plan: planOf('plan-c'), writes: {}, outside: {} };
  await store.save(journal);
  expect(await lifetime('plan-c')).toBe(-1);
  await store.save({ ...journal, end: { is: 'done', refused: 'it was refused' } });
  expect(await lifetime('plan-c')).toBeGreaterThan(86_400);
});

describe('the lock', () => {
  test('lets one rotation at a time into a project, and others into other projects', async () => {
    const [first, second, elsewhere] = [planOf('first', 2), planOf('second', 2), planOf('third', 3)];
    expect(await store.lock(first, 'click')).toBe('mine');
    expect(await store.lock(second, 'click')).toBe('taken');
    expect(await store.lock(elsewhere, 'click')).toBe('mine');
    await store.unlock(second);
    expect(await store.lock(second, 'click')).toBe('taken');
    await store.unlock(first);
    expect(await store.lock(second, 'click')).toBe('mine');
  });

  test('is still that of a request that was killed; another click on the same plan has not got it', async () => {
    const plan = planOf('plan', 4);
    expect(await store.lock(plan, 'a')).toBe('mine');
    expect([await store.lock(plan, 'a'), await store.lock(plan, 'b')]).toEqual(['mine', 'twice']);
  });

  test('taken by many at once, is one’s', async () => {
    const held = await Promise.all(Array.from({ length: 20 }, (_, at) => store.lock(planOf(`plan-${at}`, 5), 'click')));
    expect(held.filter((one) => one === 'mine')).toHaveLength(1);
  });
});

test('everything outlives the end of Redis', async () => {
  const plan = planOf('plan-d', 6);
  await store.savePlan(plan);
  await store.lock(plan, 'click');
  await store.save({ plan, writes: {}, outside: {} });
  await server.restart();
  expect(await store.journal('plan-d')).toEqual({ plan, writes: {}, outside: {} });
  expect(await store.plan('plan-d')).toEqual(plan);
  expect(await store.lock(planOf('plan-e', 6), 'click')).toBe('taken');
});
