import fc from 'fast-check';
import { NOTHING_KNOWN, observe, type Turn, type Watched } from '../../src/watch/incident.js';
import type { Problem } from '../../src/watch/problem.js';

const MINUTE = 60_000;
const problem = (id: string, is: Problem['is'] = 'fail', stage = 0): Problem => ({
  id,
  is,
  stage,
  because: 'x',
  fix: 'y',
});
const DOWN = [problem('running')];

/** Looks one after the other, five minutes apart; what happened at each. */
function watch(looks: readonly (readonly Problem[])[], from: Watched = NOTHING_KNOWN, begin = 0) {
  let watched = from;
  let now = begin;
  const turns: (Turn | 'doubtful' | '-')[] = [];
  for (const seen of looks) {
    const next = observe(watched, seen, now);
    turns.push(next.turn ?? (next.doubtful ? 'doubtful' : '-'));
    watched = next.watched;
    now += 5 * MINUTE;
  }
  return { turns, watched, now };
}

test('what one look saw counts when the next one agrees', () => {
  expect(watch([[], DOWN, DOWN, DOWN, [], []]).turns).toEqual(['-', 'doubtful', 'opened', '-', 'doubtful', 'closed']);
});

test('a single bad look, or a single good one, is nothing', () => {
  expect(watch([[], DOWN, [], DOWN, []]).turns).not.toContain('opened');
  expect(watch([DOWN, DOWN, [], DOWN, DOWN]).turns).toEqual(['doubtful', 'opened', 'doubtful', '-', '-']);
});

test('two looks that agree on one thing and differ in another: what they agree on counts', () => {
  const both = [...DOWN, problem('clock', 'warn')];
  const { turns, watched } = watch([DOWN, both]);
  expect(turns).toEqual(['doubtful', 'opened']);
  expect(watched.known.map(({ id }) => id)).toEqual(['running']);
});

test('more that is wrong, or worse, is told; less is only shown', () => {
  const warned = [problem('storage', 'warn')];
  expect(watch([warned, warned, [problem('storage', 'warn', 1)], [problem('storage', 'warn', 1)]]).turns.at(-1)).toBe(
    'worse',
  );
  expect(watch([warned, warned, [problem('storage')], [problem('storage')]]).turns.at(-1)).toBe('worse');
  const two = [...DOWN, ...warned];
  expect(watch([two, two, DOWN, DOWN]).turns.at(-1)).toBe('better');
  expect(watch([DOWN, DOWN, two, two]).turns.at(-1)).toBe('worse');
});

test('an incident remembers all that was wrong in it', () => {
  const { watched } = watch([DOWN, DOWN, [problem('tls')], [problem('tls')], [], []]);
  expect(watched.incident).toMatchObject({ since: 5 * MINUTE, until: 25 * MINUTE });
  expect(watched.incident?.problems.map(({ id }) => id)).toEqual(['running', 'tls']);
});

test('what comes back within half an hour is the same incident; later it is a new one', () => {
  const first = watch([DOWN, DOWN, [], []]);
  const soon = watch([DOWN, DOWN], first.watched, first.now);
  expect(soon.turns).toEqual(['doubtful', 'returned']);
  expect(soon.watched.incident?.id).toBe(first.watched.incident?.id);
  const later = watch([DOWN, DOWN], first.watched, first.now + 60 * MINUTE);
  expect(later.turns).toEqual(['doubtful', 'opened']);
  expect(later.watched.incident?.id).not.toBe(first.watched.incident?.id);
});

test('what comes back again and again is told once, and is over after half an hour without it', () => {
  const flip = [DOWN, DOWN, [], []];
  const { turns, watched, now } = watch([...flip, ...flip, ...flip, ...flip]);
  expect(turns.filter((turn) => turn !== 'doubtful')).toEqual([
    ...['opened', 'closed', 'returned', 'closed', 'flaps'],
    ...['quiet', 'quiet', 'quiet'],
  ]);
  const calm = watch([[], [], [], [], [], []], watched, now);
  expect(calm.turns).toEqual(['-', '-', '-', '-', '-', 'closed']);
  expect(calm.watched.incident?.until).toBeGreaterThan(0);
});

test('whatever is seen, nobody is told twice of the same, and an end follows each beginning', () => {
  const seen = fc.subarray(['running', 'tls', 'storage']).map((ids) => ids.map((id) => problem(id)));
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 40 }), (looks) => {
      const { turns, watched } = watch(looks);
      const told = turns.filter(
        (turn) => turn === 'opened' || turn === 'closed' || turn === 'returned' || turn === 'flaps',
      );
      for (const [at, turn] of told.entries()) {
        const before = told[at - 1];
        if (turn === 'closed') expect(before).not.toBe('closed');
        else expect(before === undefined || before === 'closed').toBe(true);
      }
      const isOpen = watched.incident !== undefined && watched.incident.until === undefined;
      if (watched.known.length > 0) expect(isOpen).toBe(true);
    }),
  );
});
