import { readSets } from '../../bench/accuracy/labelled.js';
import { type Answered, calibrationOf, isBlamed, scoreOf } from '../../bench/accuracy/score.js';
import { diagnose } from '../../src/diagnosis/diagnose.js';

/** Logs beside the catalogue's own examples: how often is the right cause named? `npm run accuracy` tells more. */

const sets = readSets().map((set) => ({
  ...set,
  answered: set.logs.map((log): Answered => {
    const { cause, confidence, alternatives } = diagnose(log.log);
    return { log, cause, confidence, alternatives: alternatives.map((one) => one.cause) };
  }),
}));
const all = sets.flatMap(({ answered }) => answered);

test('there are hundreds, and a third of them was kept out of the rules’ making', () => {
  const heldOut = sets.filter((set) => set.heldOut).flatMap(({ logs }) => logs);
  expect(all.length).toBeGreaterThan(500);
  expect(heldOut.length / all.length).toBeGreaterThan(0.3);
});

test('ids are unique', () => {
  const ids = all.map(({ log }) => log.id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

describe.each(sets.map(({ name, answered }) => [name, answered] as const))('%s', (_, answered) => {
  const { logs, first, named } = scoreOf(answered);

  test('the right cause comes first in 95 of 100', () => {
    expect(first / logs).toBeGreaterThanOrEqual(0.95);
  });

  test('it comes first, or as a named alternative, in 98 of 100', () => {
    expect(named / logs).toBeGreaterThanOrEqual(0.98);
  });

  test('no failure of something else is blamed on a registry', () => {
    expect(answered.filter(isBlamed).map(({ log, cause }) => `${log.id}: ${cause}`)).toEqual([]);
  });
});

test('what is called likely is right in 95 of 100', () => {
  const [likely] = calibrationOf(all).filter(({ confidence }) => confidence === 'likely');
  expect((likely?.right ?? 0) / (likely?.logs ?? 1)).toBeGreaterThanOrEqual(0.95);
});
