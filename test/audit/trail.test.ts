import { appendFile, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { readEntry, verifyChain } from '../../src/audit/entry.js';
import { EdgeError } from '../../src/errors.js';
import { type Parts, startParts } from '../queue/parts.js';
import { killedAt } from '../workers/killed.js';
import { ATTEMPT } from './chains.js';
import { startTrail, streamOf } from './trails.js';

const KEY = '{registrar}:audit';

let parts: Parts;
let redis: Redis;
beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
});
afterAll(() => parts.stop());
beforeEach(() => redis.flushall());

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
/** The file is what the stream is, and the stream is a whole chain of so many. */
async function expectWhole(text: string, count: number): Promise<void> {
  const lines = await streamOf(redis);
  expect(text).toBe(lines.map((line) => `${line}\n`).join(''));
  expect(verifyChain(lines)).toBeUndefined();
  expect(lines.map((line) => readEntry(line)?.sequence)).toEqual(numbers(count));
}
const errors = (lines: Record<string, unknown>[]) => lines.filter(({ level }) => level === 50);
const detailsOf = async () => (await streamOf(redis)).map((line) => readEntry(line)?.details);

test('what was recorded is in Redis and in a file that only its owner reads', async () => {
  const { trail, path, text, lines } = await startTrail(parts);
  const entry = await trail.record({ ...ATTEMPT, details: 'token=glpat-abcdefghij0123456789' });
  expect(entry).toMatchObject({ sequence: 1, instance: 'lab', details: 'token=[redacted]', by: { gitlab: 'ana' } });
  await trail.record(ATTEMPT);
  await expectWhole(await text(), 2);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(lines).toMatchObject([{ trail: 1, hash: entry.hash }, { trail: 2 }]);
  expect(await redis.ttl(KEY)).toBe(-1);
});

test.each(['folders of their own', 'one folder'])('several workers at once make one chain: %s', async (where) => {
  const first = await startTrail(parts);
  const dir = where === 'one folder' ? first.dir : undefined;
  const all = [first, await startTrail(parts, dir), await startTrail(parts, dir)];
  await Promise.all(all.flatMap(({ trail }) => numbers(15).map(() => trail.record(ATTEMPT))));
  for (const { trail, text, lines } of all) {
    await trail.follow();
    await expectWhole(await text(), 45);
    expect(errors(lines)).toEqual([]);
  }
});

test('a deed with a name is one entry, whoever records it again', async () => {
  const [one, other] = [await startTrail(parts), await startTrail(parts)];
  const [a, b, c] = await Promise.all([
    one.trail.record({ ...ATTEMPT, once: 'run-1' }),
    other.trail.record({ ...ATTEMPT, once: 'run-1' }),
    other.trail.record({ ...ATTEMPT, once: 'run-2' }),
  ]);
  expect(a).toEqual(b);
  expect(c).not.toEqual(b);
  await one.trail.follow();
  await expectWhole(await one.text(), 2);
});

test.each(['before', 'after'] as const)(
  'killed %s any command to Redis, and the deed recorded again',
  async (moment) => {
    for (let at = 1; ; at += 1) {
      await redis.flushall();
      const killed = killedAt(redis, at, moment);
      const dying = await startTrail(parts, undefined, killed.redis);
      const first = await Promise.race([killed.death, dying.trail.record({ ...ATTEMPT, once: 'run' })]);
      const next = await startTrail(parts, dying.dir);
      await next.trail.follow();
      await expectWhole(await next.text().catch(() => ''), (await streamOf(redis)).length);
      await next.trail.record({ ...ATTEMPT, once: 'run' });
      await expectWhole(await next.text(), 1);
      expect(errors(next.lines)).toEqual([]);
      if (first !== 'killed') break;
      expect(at).toBeLessThan(20);
    }
  },
);

describe('a last line that was half written', () => {
  test.each([1, 2, 100, 300])('%i bytes of it short', async (short) => {
    const before = await startTrail(parts);
    for (const _ of numbers(3)) await before.trail.record(ATTEMPT);
    const whole = await before.text();
    await truncate(before.path, whole.length - short);
    const after = await startTrail(parts, before.dir);
    await after.trail.follow();
    expect(await after.text()).toBe(whole);
    expect(after.lines).toMatchObject([{ level: 40, msg: expect.stringContaining('half written') }]);
  });

  test('what a crash of the machine left there is cut off', async () => {
    const before = await startTrail(parts);
    await before.trail.record(ATTEMPT);
    const whole = await before.text();
    for (const rest of ['\0\0\0\0', '{"action":"operation","at":1', 'x'.repeat(5_000)]) {
      await appendFile(before.path, rest);
      await (await startTrail(parts, before.dir)).trail.follow();
      expect(await before.text()).toBe(whole);
    }
    await appendFile(before.path, '\0\0\0');
    await before.trail.record(ATTEMPT);
    await expectWhole(await before.text(), 2);
  });
});

describe('Redis lost', () => {
  test('everything: the chain goes on where it ended, and the loss is an entry', async () => {
    const before = await startTrail(parts);
    for (const _ of numbers(3)) await before.trail.record(ATTEMPT);
    await redis.flushall();
    const after = await startTrail(parts, before.dir);
    expect(await after.trail.record(ATTEMPT)).toMatchObject({ sequence: 4 });
    await expectWhole(await after.text(), 5);
    expect((await detailsOf())[4]).toMatch(/^Redis had lost entries 1 to 3: put back from audit\.jsonl on /);
    expect(errors(after.lines)).toHaveLength(1);
    await before.trail.follow();
    await expectWhole(await before.text(), 5);
  });

  test('its last second, under a worker that goes on', async () => {
    const { trail, text, lines } = await startTrail(parts);
    for (const _ of numbers(4)) await trail.record(ATTEMPT);
    await redis.xdel(KEY, '3-0', '4-0');
    await trail.record(ATTEMPT);
    await expectWhole(await text(), 6);
    expect((await detailsOf())[5]).toMatch(/lost entries 3 to 4/);
    expect(errors(lines)).toHaveLength(1);
  });

  test('everything, under two workers of which one has not seen the end', async () => {
    const [one, other] = [await startTrail(parts), await startTrail(parts)];
    await one.trail.record(ATTEMPT);
    await other.trail.record(ATTEMPT);
    await redis.flushall();
    await Promise.all([one.trail.follow(), other.trail.follow()]);
    await Promise.all([one.trail.record(ATTEMPT), other.trail.record(ATTEMPT)]);
    await Promise.all([one.trail.follow(), other.trail.follow()]);
    const count = (await streamOf(redis)).length;
    await expectWhole(await other.text(), count);
    await expectWhole(await one.text(), count);
    expect((await detailsOf()).filter((words) => words?.startsWith('Redis had lost')).length).toBeGreaterThan(0);
  });

  test('its last second, before a worker that starts', async () => {
    const before = await startTrail(parts);
    for (const _ of numbers(4)) await before.trail.record(ATTEMPT);
    await redis.xdel(KEY, '3-0', '4-0');
    const after = await startTrail(parts, before.dir);
    await after.trail.record(ATTEMPT);
    await expectWhole(await after.text(), 6);
    expect((await detailsOf())[5]).toMatch(/lost entries 3 to 4/);
  });
});

describe('copies that contradict each other', () => {
  const edited = (text: string) => text.replace(/"outcome":"granted"/, '"outcome":"refused"');

  test('a file that was edited: said once, in the log and in the trail; it is left alone, Redis goes on', async () => {
    const before = await startTrail(parts);
    for (const _ of numbers(3)) await before.trail.record(ATTEMPT);
    const forged = edited(await before.text());
    await writeFile(before.path, forged);
    const { trail, path, text, lines } = await startTrail(parts, before.dir);
    for (const _ of numbers(2)) await trail.record(ATTEMPT);
    expect(await text()).toBe(forged);
    expect(errors(lines)).toMatchObject([{ wrong: expect.stringMatching(/^entry 1 in audit\.jsonl on .* Redis$/) }]);
    expect(await detailsOf()).toEqual([
      ...Array(3).fill(ATTEMPT.details),
      errors(lines)[0]?.wrong,
      ...Array(2).fill(ATTEMPT.details),
    ]);

    // Set aside, it is written anew, without a restart.
    await rename(path, `${path}.forged`);
    await trail.record(ATTEMPT);
    await expectWhole(await text(), 7);
  });

  test('a line that was added to the file, and that Redis never had', async () => {
    const before = await startTrail(parts);
    await before.trail.record(ATTEMPT);
    const forged = `${await before.text()}${edited(await before.text())}`;
    await writeFile(before.path, forged);
    const after = await startTrail(parts, before.dir);
    await after.trail.record(ATTEMPT);
    expect(await after.text()).toBe(forged);
    expect(errors(after.lines)).toMatchObject([{ wrong: expect.stringMatching(/is broken: entry 1 was changed/) }]);
    expect(verifyChain(await streamOf(redis))).toBeUndefined();
  });

  test('the file of another Redis', async () => {
    const other = await startTrail(parts);
    for (const _ of numbers(2)) await other.trail.record(ATTEMPT);
    await redis.flushall();
    await (await startTrail(parts)).trail.record(ATTEMPT);
    const before = await other.text();
    await other.trail.record(ATTEMPT);
    expect(await other.text()).toBe(before);
    expect(errors(other.lines)).toHaveLength(1);
  });

  test('an entry that was deleted in the middle of Redis, or written there by somebody else', async () => {
    const before = await startTrail(parts);
    for (const _ of numbers(3)) await before.trail.record(ATTEMPT);
    await redis.xdel(KEY, '2-0');
    const after = await startTrail(parts, before.dir);
    await after.trail.record(ATTEMPT);
    expect(errors(after.lines)).toMatchObject([{ wrong: 'the trail in Redis is broken: entry 2 is missing' }]);
    expect(await after.text()).toBe(await before.text());

    await redis.xadd(KEY, '99-0', 'entry', 'anything');
    const length = await redis.xlen(KEY);
    await expect(after.trail.record(ATTEMPT)).rejects.toMatchObject({ code: 'audit-failed', part: 'registrar' });
    expect(await redis.xlen(KEY)).toBe(length);
    // What docs/audit.md advises: the stream is removed, and comes back from the file.
    await redis.del(KEY);
    await after.trail.record(ATTEMPT);
    await expectWhole(await after.text(), 5);
  });

  test('a file that was cut or removed under a running worker is said to be, and written anew', async () => {
    const { trail, path, text, lines } = await startTrail(parts);
    for (const _ of numbers(3)) await trail.record(ATTEMPT);
    const whole = await text();
    await truncate(path, whole.indexOf('\n') + 1);
    await trail.follow();
    expect(await text()).toBe(whole);
    await rename(path, `${path}.away`);
    await trail.record(ATTEMPT);
    await expectWhole(await text(), 4);
    expect(errors(lines)).toHaveLength(2);
  });
});

describe('an attempt', () => {
  const { outcome: _, ...attempt } = ATTEMPT;
  const refusal = (code: 'not-allowed' | 'gitlab-unreachable') =>
    new EdgeError({ part: 'gitlab', code, forPerson: { what: 'You may not', next: 'ask' } });

  test('is recorded when it is granted, and when it is refused with the reason', async () => {
    const { trail, text } = await startTrail(parts);
    expect(await trail.attempt(attempt, 'a', async () => 'ana')).toBe('ana');
    await expect(trail.attempt(attempt, 'b', () => Promise.reject(refusal('not-allowed')))).rejects.toThrow(
      'You may not',
    );
    await expect(trail.attempt(attempt, 'c', () => Promise.reject(refusal('gitlab-unreachable')))).rejects.toThrow();
    expect(await trail.deciding(attempt, 'd', async () => 'ana')).toBe('ana');
    await expectWhole(await text(), 2);
    expect((await streamOf(redis)).map((line) => readEntry(line))).toMatchObject([
      { outcome: 'granted', details: 'restart confirmed' },
      { outcome: 'refused', details: 'restart confirmed: You may not' },
    ]);
  });

  test('that can’t be recorded is none: nothing is granted when the disk or Redis refuses', async () => {
    const { trail, dir, path } = await startTrail(parts);
    await writeFile(join(dir, 'file'), '');
    const nowhere = (await startTrail(parts, join(dir, 'file'))).trail;
    await expect(nowhere.attempt(attempt, 'a', async () => 'ana')).rejects.toMatchObject({ code: 'audit-failed' });
    expect(await redis.exists(KEY)).toBe(0);

    await trail.record(ATTEMPT);
    await redis.del(KEY);
    await redis.set(KEY, 'no stream');
    await expect(trail.attempt(attempt, 'b', async () => 'ana')).rejects.toMatchObject({ code: 'audit-failed' });
    await redis.del(KEY);
    // One failure does not end the others.
    await trail.attempt(attempt, 'b', async () => 'ana');
    await expectWhole(await readFile(path, 'utf8'), 3);
  });
});

test('the last entries of what somebody may read, the newest first', async () => {
  const { trail } = await startTrail(parts);
  for (const [instance, subject] of [
    ['lab', 'shop/api'],
    ['lab', 'shop/web'],
    ['other', 'shop/api'],
    ['lab', 'shopping/api'],
    ['', 'audit.jsonl'],
  ] as const)
    await trail.record({ ...ATTEMPT, instance, subject });
  const read = async (...[places, limit]: Parameters<typeof trail.recent>) =>
    (await trail.recent(places, limit)).map(({ sequence }) => sequence);
  expect(await read([{ instance: 'lab', subject: 'shop' }], 20)).toEqual([2, 1]);
  expect(await read([{ instance: 'lab' }, { instance: '' }], 3)).toEqual([5, 4, 2]);
  expect(await read([{ instance: 'none' }], 20)).toEqual([]);
  await redis.xadd(KEY, '99-0', 'entry', 'anything');
  expect(await read([{ instance: 'other' }], 20)).toEqual([3]);
});
