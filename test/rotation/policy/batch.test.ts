import fc from 'fast-check';
import type { Target } from '../../../src/rotation/bulk/bulk.js';
import type { Birth } from '../../../src/rotation/policy/age.js';
import { type Aged, type Batch, dayOf, nextBatches, type PolicyState } from '../../../src/rotation/policy/batch.js';

const DAY = 86_400_000;
const START = Date.parse('2026-01-01T12:00:00Z');
const POLICY = { everyDays: 30, notifyDays: 7 };
const day = (count: number) => dayOf(START + count * DAY);

function token(id: number, birth: Birth): Aged {
  const target: Target = {
    owner: { kind: 'project', id: 1, path: 'shop/api' },
    token: { kind: 'deploy', id, name: 'ci', scopes: ['read_registry'] },
  };
  return { target, birth };
}

const known = (id: number, madeOn: number) => token(id, { is: 'known', at: START + madeOn * DAY });
const RUNNING = { runId: (due: string, on: string) => `${due} ${on}`, isRunning: () => true };
const ENDED = { ...RUNNING, isRunning: () => false };

function next(batches: Batch[], found: Aged[], on: number, flow = ENDED, policy = POLICY): Batch[] {
  return nextBatches({ batches }, found, policy, START + on * DAY, flow);
}

/** As the worker leaves a batch whose jobs are queued. */
function started(batches: readonly Batch[]): Batch[] {
  return batches.map((one) => (one.run === undefined ? one : { ...one, run: { ...one.run, started: true } }));
}

test('a token is announced so many days before, not earlier, and keeps its date', () => {
  expect(next([], [known(7, 0)], 22)).toEqual([]);
  const announced = next([], [known(7, 0)], 23);
  expect(announced).toEqual([{ due: day(30), tokens: ['deploy:7'] }]);
  expect(next(announced, [known(7, 0)], 29)).toEqual(announced);
  expect(next(announced, [known(7, 0)], 30)).toMatchObject([{ run: { day: day(30), started: false } }]);
});

test('what is overdue at the first look is announced as long before', () => {
  expect(next([], [known(7, -400)], 0)).toEqual([{ due: day(7), tokens: ['deploy:7'] }]);
});

test('without notice it is replaced on its day', () => {
  const policy = { everyDays: 30, notifyDays: 0 };
  expect(next([], [known(7, 0)], 29, ENDED, policy)).toEqual([]);
  expect(next([], [known(7, 0)], 30, ENDED, policy)).toMatchObject([{ due: day(30), run: { day: day(30) } }]);
});

test('of a bracket the earlier end counts, of what is unknown the first look', () => {
  const bracketed = token(7, { is: 'bracketed', after: START, before: START + 5 * DAY });
  const unknown = token(8, { is: 'unknown', before: START + 5 * DAY });
  expect(next([], [bracketed, unknown], 23)).toMatchObject([{ tokens: ['deploy:7'] }]);
  expect(next([], [bracketed, unknown], 28)).toMatchObject([{ tokens: ['deploy:7', 'deploy:8'] }]);
});

test('what has gone meanwhile is left out, and a batch without tokens is none', () => {
  const announced = next([], [known(7, 0), known(8, 0)], 23);
  expect(next(announced, [known(8, 0)], 24)).toEqual([{ due: day(30), tokens: ['deploy:8'] }]);
  expect(next(announced, [], 24)).toEqual([]);
});

test('more days in the configuration put it off, and it is announced again in time', () => {
  const announced = next([], [known(7, 0)], 23);
  expect(next(announced, [known(7, 0)], 24, ENDED, { everyDays: 60, notifyDays: 7 })).toEqual([]);
});

test('a run that failed is repeated on the next day, not before, and not while it is under way', () => {
  const found = [known(7, 0)];
  const run = started(next(next([], found, 23), found, 30));
  expect(next(run, found, 30)).toEqual(run);
  expect(next(run, found, 31, RUNNING)).toEqual(run);
  expect(next(run, found, 31)).toMatchObject([{ due: day(30), run: { day: day(31), started: false } }]);
});

test('a run that was never started goes on as the same', () => {
  const found = [known(7, 0)];
  const begun = next(next([], found, 23), found, 30);
  expect(next(begun, found, 31)).toEqual(begun);
  expect(next(begun, [], 31)).toEqual(begun);
});

test('tokens under way are not announced again, a run that is over is forgotten', () => {
  const found = [known(7, 0)];
  const run = started(next(next([], found, 23), found, 30));
  expect(next(run, [...found, known(9, 30)], 33, RUNNING)).toEqual(run);
  expect(next(run, [known(9, 30)], 33)).toEqual([]);
});

test('an announcement that came to nothing for a week is made anew', () => {
  const found = [known(7, 0)];
  const announced = next([], found, 23);
  expect(next(announced, found, 37)).toMatchObject([{ due: day(30), run: { day: day(37) } }]);
  expect(next(announced, found, 38)).toEqual([{ due: day(45), tokens: ['deploy:7'] }]);
});

test('however often it is looked, no token is replaced unannounced, twice on a day, or in two batches', () => {
  const ages = fc.array(fc.integer({ min: -60, max: 40 }), { maxLength: 6 });
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(ages, steps, (made, walk) => {
      const found = made.map((on, index) => known(index + 1, on));
      let state: PolicyState = { batches: [] };
      const announcedOn = new Map<string, number>();
      const ran = new Set<string>();
      let on = 0;
      for (const [wait, succeeds] of walk) {
        on += wait;
        const batches = next(state.batches, found, on);
        const all = batches.flatMap(({ tokens }) => tokens);
        if (new Set(all).size !== all.length) throw new Error('in two batches');
        for (const { run, tokens, due } of batches) {
          for (const key of tokens) {
            const since = announcedOn.get(`${key} ${due}`) ?? on;
            announcedOn.set(`${key} ${due}`, since);
            if (run !== undefined && on < since + POLICY.notifyDays) throw new Error('unannounced');
          }
          if (run === undefined || run.started) continue;
          if (ran.has(run.bulkId)) throw new Error('twice');
          ran.add(run.bulkId);
          if (succeeds)
            for (const key of tokens)
              found.splice(
                found.findIndex((one) => `deploy:${one.target.token.id}` === key),
                1,
              );
        }
        state = { batches: started(batches) };
      }
    }),
  );
});
