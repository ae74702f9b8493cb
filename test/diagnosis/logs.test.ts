import { readSets } from '../../bench/accuracy/labelled.js';
import { type Answered, calibrationOf, isBlamed, scoreOf } from '../../bench/accuracy/score.js';
import { CAUSES } from '../../src/diagnosis/causes/index.js';
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

test('there are many hundreds, none an example of the catalogue, and some were held out of everything', () => {
  const examples = new Set(CAUSES.flatMap((cause) => [...cause.examples, ...cause.lookalikes]).map(({ log }) => log));
  expect(all.length).toBeGreaterThan(1_000);
  expect(all.filter(({ log }) => examples.has(log.log)).map(({ log }) => log.id)).toEqual([]);
  expect(sets.filter((set) => set.heldOut).flatMap(({ logs }) => logs).length).toBeGreaterThanOrEqual(150);
});

test('ids are unique', () => {
  const ids = all.map(({ log }) => log.id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

describe.each(sets.map((set) => [set.name, set] as const))('%s', (_, { answered, heldOut }) => {
  const { logs, first, named } = scoreOf(answered);

  // Of a set that taught the rules more is asked: it was within reach.
  const [leastFirst, leastNamed] = heldOut ? [0.85, 0.92] : [0.95, 0.98];

  test(`the right cause comes first in ${leastFirst} of all`, () => {
    expect(first / logs).toBeGreaterThanOrEqual(leastFirst);
  });

  test(`it comes first, or as a named alternative, in ${leastNamed} of all`, () => {
    expect(named / logs).toBeGreaterThanOrEqual(leastNamed);
  });

  test('no failure of something else is blamed on a registry', () => {
    expect(answered.filter(isBlamed).map(({ log, cause }) => `${log.id}: ${cause}`)).toEqual([]);
  });
});

test('what is called likely is right in 95 of 100', () => {
  const [likely] = calibrationOf(all).filter(({ confidence }) => confidence === 'likely');
  expect((likely?.right ?? 0) / (likely?.logs ?? 1)).toBeGreaterThanOrEqual(0.95);
});
