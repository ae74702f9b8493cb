import { gitlab } from '../../src/checks/gitlab.js';
import { HEALTHY } from '../../src/checks/sample.js';
import { isWorse, problemsOf } from '../../src/watch/problem.js';

/** Registrar's own token comes to its end: the watch tells it at each step, and at none twice. */

const END = Date.parse('2026-03-31T00:00:00Z');

function problems(daysBefore: number) {
  const now = END - daysBefore * 86_400_000;
  const verdict = gitlab.judge({ gitlab: { ...HEALTHY.gitlab, tokenExpiresAt: '2026-03-31' }, now });
  return problemsOf([{ id: 'gitlab', asks: '', verdict, ms: 0 } as never]);
}

test('nothing is told until two weeks before', () => {
  expect(problems(14)).toEqual([]);
  expect(problems(13)).toMatchObject([{ is: 'warn', fix: 'registrar rotate-own-token' }]);
});

test('it gets worse at 7, 3 and 1 days, and at no other', () => {
  const steps = Array.from({ length: 12 }, (_, index) => 12 - index);
  expect(steps.filter((days) => isWorse(problems(days), problems(days + 1)))).toEqual([6, 2]);
  expect(isWorse(problems(0.5), problems(1))).toBe(true);
});
