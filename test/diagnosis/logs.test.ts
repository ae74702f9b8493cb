import { readFileSync } from 'node:fs';
import { diagnose } from '../../src/diagnosis/diagnose.js';

/** Logs beside the catalogue's own examples: how often is the right cause named? */

const logs = JSON.parse(readFileSync(new URL('./logs/labelled.json', import.meta.url), 'utf8')) as {
  want: string[];
  log: string;
}[];
const judged = logs.map(({ want, log }) => ({ want, log, got: diagnose(log) }));

const share = (right: number) => right / judged.length;

test('the right cause comes first in 95 of 100', () => {
  expect(share(judged.filter(({ want, got }) => want.includes(got.cause)).length)).toBeGreaterThanOrEqual(0.95);
});

test('it comes first, or as a named alternative, in 98 of 100', () => {
  const named = judged.filter(({ want, got }) =>
    [got.cause, ...got.alternatives.map(({ cause }) => cause)].some((cause) => want.includes(cause)),
  );
  expect(share(named.length)).toBeGreaterThanOrEqual(0.98);
});

test('no failure of something else is blamed on a registry', () => {
  const blamed = judged.filter(
    ({ want, got }) => want.join() === 'not-registry' && !['not-registry', 'unknown'].includes(got.cause),
  );
  expect(blamed.map(({ log, got }) => ({ cause: got.cause, log }))).toEqual([]);
});
