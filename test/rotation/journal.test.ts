import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { workerConnection } from '../../src/queue/connection.js';
import { type Journal, RotationStore, withoutSecrets } from '../../src/rotation/journal.js';
import type { RotationPlan } from '../../src/rotation/plan/plan.js';
import { PLAN_SECONDS } from '../../src/rotation/plan/plan.js';
import { createSeal } from '../../src/secrets/seal.js';
import { type Redis as LabRedis, startRedis } from '../lab/host/redis.js';
import { accessTokenOf, planOf as anyPlan, tokenOf } from './plan-of.js';

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

test('a journal that has done something never lapses; a finished one does in the end, and one that did nothing', async () => {
  const plan = planOf('plan-c');
  await store.savePlan(plan);
  await store.begin(plan);
  expect(await lifetime('rotation:plan-c')).toBeGreaterThan(6 * 86_400);
  const journal: Journal = { plan, writes: {}, outside: {}, createIntent: {} };
  await store.save(journal);
  expect(await lifetime('rotation:plan-c')).toBe(-1);
  await store.save({ ...journal, end: { is: 'done', refused: 'it was refused' } });
  expect(await lifetime('rotation:plan-c')).toBeGreaterThan(29 * 86_400);
});

test('[Rotate] and [Cancel] pressed together: only one counts', async () => {
  const plan = planOf('plan-both');
  await store.savePlan(plan);
  expect([await store.dropPlan('plan-both'), await store.begin(plan)]).toEqual([true, false]);
  expect(await store.journal('plan-both')).toBeUndefined();
  await store.savePlan(plan);
  expect([await store.begin(plan), await store.dropPlan('plan-both')]).toEqual([true, false]);
  expect(await store.journal('plan-both')).toBeDefined();
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

describe('a token', () => {
  const of = (id: string, token: number, more: Partial<RotationPlan> = {}) => ({ ...planOf(id, 20, token), ...more });

  test('is one rotation’s until its end, wherever its work stands', async () => {
    const [first, second] = [of('hold-a', 21), of('hold-b', 21)];
    expect([await store.hold(first), await store.hold(first), await store.hold(second)]).toEqual([true, true, false]);
    await store.release(second);
    expect(await store.hold(second)).toBe(false);
    await store.release(first);
    expect(await store.hold(second)).toBe(true);
  });

  test('of another kind or instance is another token, for all that the number is the same', async () => {
    expect(await store.hold(of('hold-c', 22))).toBe(true);
    expect(await store.hold(of('hold-d', 22, { old: accessTokenOf(22) }))).toBe(true);
    expect(await store.hold(of('hold-e', 22, { instance: 'other' }))).toBe(true);
    expect(await store.hold(of('hold-f', 22))).toBe(false);
  });

  test('taken by many at once, is one’s', async () => {
    const held = await Promise.all(Array.from({ length: 20 }, (_, at) => store.hold(of(`many-${at}`, 23))));
    expect(held.filter((one) => one)).toHaveLength(1);
  });
});

describe('what a rotation took', () => {
  const taken = async (id: string) =>
    Promise.all([lifetime(`token:lab:deploy:${id}`), lifetime(`lock:lab:project:${id}`)]);

  test('lapses when its process is dead before it was begun: the next plan need not wait for ever', async () => {
    const plan = planOf('plan-g', 31);
    await store.savePlan(plan);
    await store.lock(plan, 'click');
    await store.hold(plan);
    for (const seconds of await taken('31')) expect(seconds).toBeGreaterThan(PLAN_SECONDS - 60);
    await store.begin(plan);
    expect(await taken('31')).toEqual([-1, -1]);
  });

  test('is its own as long as it goes on, also when it is taken up again', async () => {
    const plan = planOf('plan-h', 32);
    await store.savePlan(plan);
    await store.begin(plan);
    await store.lock(plan, 'click');
    await store.hold(plan);
    expect(await taken('32')).toEqual([-1, -1]);
    await store.lock(plan, 'click');
    expect(await taken('32')).toEqual([-1, -1]);
  });

  test('of somebody else does not stay because of it', async () => {
    const [own, other] = [planOf('plan-i', 33), planOf('plan-j', 33)];
    await store.lock(other, 'click');
    await store.hold(other);
    await store.savePlan(own);
    await store.begin(own);
    for (const seconds of await taken('33')) expect(seconds).toBeGreaterThan(0);
  });
});

describe('at the end', () => {
  const seal = createSeal('the key of these tests');
  const sealed = fc.string({ minLength: 1 }).map((secret) => String(seal.seal(secret, 'rotation')));
  const state = fc.constantFrom('intended', 'done', 'undone');
  const entries = fc.dictionary(
    fc.nat(9).map(String),
    fc.record({ old: fc.option(sealed), state }) as fc.Arbitrary<Journal['writes'][string]>,
  );

  test('nothing that was sealed is kept, and all that a person is told stays', () => {
    fc.assert(
      fc.property(sealed, sealed, entries, entries, (oldSecret, secret, writes, outside) => {
        const journal: Journal = {
          plan: { ...planOf('plan-k'), oldSecret },
          created: { id: 9, username: 'u', secret },
          writes,
          outside,
          end: { is: 'done', refused: 'it was refused' },
        };
        const kept = withoutSecrets(journal);
        expect(JSON.stringify(kept)).not.toMatch(/v1\./);
        expect(kept).toMatchObject({ plan: planOf('plan-k'), created: { id: 9, username: 'u' }, end: journal.end });
        const states = (all: Journal['writes']) => Object.entries(all).map(([index, one]) => [index, one.state]);
        expect([states(kept.writes), states(kept.outside)]).toEqual([states(writes), states(outside)]);
      }),
    );
  });

  test.each<NonNullable<Journal['end']>>([
    { is: 'done', refused: 'it was refused' },
    { is: 'failed', why: 'x', next: 'y', undone: [], left: ['z'], oldToken: 'in force' },
  ])('Redis has it without, when it is $is; until then it is there to be undone with', async (end) => {
    const secret = String(seal.seal('gldt-secret', 'rotation'));
    const journal: Journal = {
      plan: { ...planOf('plan-l'), oldSecret: secret },
      created: { id: 9, username: 'u', secret },
      writes: { 0: { old: secret, state: 'done' } },
      outside: { 0: { old: secret, state: 'done' } },
    };
    await store.save(journal);
    expect(await store.journal('plan-l')).toEqual(journal);
    await store.save({ ...journal, end });
    const key = (await redis.keys('*rotation:plan-l')).at(0) ?? '';
    expect(await redis.get(key)).not.toContain('v1.');
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
