import type { Redis } from 'ioredis';
import { Places } from '../../../src/rotation/bulk/places.js';
import { type Parts, startParts } from '../../queue/parts.js';

let parts: Parts;
let redis: Redis;

beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
});
afterAll(() => parts.stop());
beforeEach(() => redis.flushall());

const project = { kind: 'project' as const, id: 1 };
const group = { kind: 'group' as const, id: 1 };
const instance = { kind: 'instance' as const, id: 0 };
const of = (id: string) => new Places(redis, { id, instance: 'lab' }, `request of ${id}`);

test('a place is one rotation’s until it leaves; a project and a group of one number are two', async () => {
  const [one, other] = [of('one'), of('other')];
  expect(await one.take([project, group])).toBe(true);
  expect(await one.take([group])).toBe(true);
  expect(await other.take([instance, group])).toBe(false);
  expect([other.has(instance), other.has(group)]).toEqual([true, false]);
  await other.keep([]);
  await one.keep([project]);
  expect([one.has(project), one.has(group)]).toEqual([true, false]);
  expect(await other.take([group, instance])).toBe(true);
  await one.keep([]);
  await other.keep([]);
  expect(await redis.keys('*')).toEqual([]);
});

test('what a killed rotation had is left by the one that goes on in its place, also what it needs no more', async () => {
  await of('one').take([project, group]);
  const next = of('one');
  await next.reclaim();
  expect([next.has(project), next.has(group)]).toEqual([true, true]);
  await next.keep([]);
  expect(await of('other').take([project, group])).toBe(true);
});
