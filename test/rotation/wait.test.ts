import type { SagaContext } from '../../src/rotation/context.js';
import type { Journal } from '../../src/rotation/journal.js';
import type { RotationPlan } from '../../src/rotation/plan/plan.js';
import type { Silence } from '../../src/rotation/silence.js';
import { waitForSilence } from '../../src/rotation/wait.js';
import { planOf } from './plan-of.js';

const HOUR = 3_600_000;
const MIN = 60_000;
const BEGIN = Date.parse('2026-08-05T10:00:00Z');

const USED: Silence = { is: 'used', words: 'still used by 10.2.3.4', lastUse: BEGIN };
const AWAY: Silence = { is: 'unknown', why: 'gitlab.example.com did not tell: it is away' };

/** A rotation that waits, a clock that a test sets, and what is seen of the old token. */
function waiting(more: Partial<RotationPlan> = {}) {
  const journal: Journal = { plan: planOf({ quietHours: 24, ...more }), writes: {}, outside: {} };
  const world = { now: BEGIN, seen: { is: 'silent' } as Silence, watchedSince: [] as number[], saved: [] as Journal[] };
  const context = {
    now: () => world.now,
    save: async (state: Journal) => void world.saved.push(structuredClone(state)),
    async watch(since: number) {
      world.watchedSince.push(since);
      return world.seen;
    },
  } as unknown as SagaContext;
  const lookAt = async (hours: number) => {
    world.now = BEGIN + hours * HOUR;
    const became = await waitForSilence(journal, context);
    return became === 'silent' ? became : became.lookAgainMs / MIN;
  };
  return { journal, world, lookAt };
}

test('it looks every hour, less at the end, and revokes after the plan’s hours of silence', async () => {
  const { lookAt, world } = waiting();
  expect([await lookAt(0), await lookAt(1), await lookAt(23.5), await lookAt(24)]).toEqual([60, 60, 30, 'silent']);
  expect(new Set(world.watchedSince)).toEqual(new Set([BEGIN]));
});

test('since when it waits, and what was seen, is stored at every look', async () => {
  const { lookAt, world } = waiting();
  await lookAt(0);
  world.seen = USED;
  await lookAt(1);
  expect(world.saved.map((one) => one.waiting)).toEqual([
    { since: BEGIN, seen: 'nobody uses it' },
    { since: BEGIN, seen: 'still used by 10.2.3.4' },
  ]);
});

test('an old token that is still used stays, however long', async () => {
  const { lookAt, world } = waiting();
  world.seen = USED;
  expect([await lookAt(0), await lookAt(24), await lookAt(2400)]).toEqual([60, 60, 60]);
  world.seen = { is: 'silent', lastUse: BEGIN };
  expect(await lookAt(2401)).toBe('silent');
});

test('one that was quiet for less than the plan’s hours is waited for until then, and never asked every moment', async () => {
  const { lookAt, world } = waiting();
  await lookAt(0);
  world.seen = { is: 'quiet', until: BEGIN + 24.5 * HOUR };
  expect(await lookAt(24)).toBe(30);
  world.seen = { is: 'quiet', until: BEGIN + 24 * HOUR + 5 };
  expect(await lookAt(24)).toBe(1);
  world.seen = { is: 'quiet', until: BEGIN + 100 * HOUR };
  expect(await lookAt(24)).toBe(60);
});

test('a host that does not tell now may tell in an hour: the old token stays', async () => {
  const { lookAt, world, journal } = waiting();
  world.seen = AWAY;
  expect([await lookAt(0), await lookAt(24), await lookAt(48)]).toEqual([60, 60, 60]);
  expect(journal.waiting?.seen).toContain('can’t be seen: gitlab.example.com did not tell');
});

test('where its use can never be seen, the hours alone count, and nobody is asked', async () => {
  const { lookAt, world, journal } = waiting({ unseen: 'no host of this instance is configured' });
  expect([await lookAt(0), await lookAt(23), await lookAt(24)]).toEqual([60, 60, 'silent']);
  expect(world.watchedSince).toEqual([]);
  expect(journal.waiting?.seen).toContain('no host of this instance is configured');
});

test('without hours to wait nothing is asked or stored', async () => {
  const { lookAt, world, journal } = waiting({ quietHours: 0 });
  expect(await lookAt(0)).toBe('silent');
  expect([world.watchedSince, world.saved, journal.waiting]).toEqual([[], [], undefined]);
});

test('parts of an hour count', async () => {
  const { lookAt } = waiting({ quietHours: 0.5 });
  expect([await lookAt(0), await lookAt(0.25), await lookAt(0.5)]).toEqual([30, 15, 'silent']);
});

describe('a clock that was set back', () => {
  test('does not have it wait for a time that has not come yet: the hours count from then', async () => {
    const { lookAt, journal } = waiting();
    await lookAt(0);
    expect(await lookAt(-1000)).toBe(60);
    expect(journal.waiting?.since).toBe(BEGIN - 1000 * HOUR);
    expect([await lookAt(-1000 + 23), await lookAt(-1000 + 24)]).toEqual([60, 'silent']);
  });

  test('a little, costs as much at most', async () => {
    const { lookAt } = waiting();
    await lookAt(0);
    await lookAt(-0.5);
    expect(await lookAt(23.5)).toBe('silent');
  });
});

describe('a person’s word', () => {
  test('ends the waiting, whatever was seen', async () => {
    const { lookAt, world, journal } = waiting();
    world.seen = USED;
    await lookAt(0);
    journal.decided = { what: 'revoke', by: 'ana' };
    expect(await lookAt(1)).toBe('silent');
    expect(world.watchedSince).toHaveLength(1);
  });

  test('that was acted upon already is not waited for again', async () => {
    const { lookAt, world, journal } = waiting();
    world.seen = USED;
    journal.revokeIntent = true;
    expect([await lookAt(0), world.watchedSince]).toEqual(['silent', []]);
  });
});
