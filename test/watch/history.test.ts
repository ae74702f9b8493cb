import fc from 'fast-check';
import { historyAnswer, slotsOf } from '../../src/watch/history.js';
import type { WatchIncident } from '../../src/watch/incident.js';
import type { Sample } from '../../src/watch/sample.js';

const MINUTE = 60_000;
const sample = (minute: number, mark: Sample['mark'] = 'pass', more: Partial<Sample> = {}): Sample => ({
  at: minute * MINUTE,
  mark,
  wrong: [],
  ...more,
});
const span = { from: 0, to: 100 * MINUTE };

test('availability counts the looks that were fine; maintenance does not count', () => {
  const samples = [sample(0), sample(10), sample(20, 'fail'), sample(30), sample(40, 'fail', { quiet: true })];
  const said = historyAnswer('main', samples, [], span);
  expect(said.title).toBe('main: fine in 75.00 % of 4 looks since 1970-01-01 00:00 UTC');
  expect(JSON.stringify(said)).toContain('1 looks during maintenance do not count');
});

test('what was wrong for one look in a hundred thousand is not 100 %', () => {
  const samples = [...Array.from({ length: 99_999 }, (_, i) => sample(i / 1000)), sample(99, 'fail')];
  expect(historyAnswer('main', samples, [], span).title).toContain('fine in 99.99 %');
  expect(historyAnswer('main', samples.slice(0, 50), [], span).title).toContain('fine in 100 %');
});

test('incidents are named, the newest first', () => {
  const incident = (id: string, since: number, until?: number): WatchIncident => ({
    ...{ id, since: since * MINUTE, returns: [], notes: 0 },
    problems: [{ id: 'running', is: 'fail', stage: 0, because: 'x', fix: 'y' }],
    ...(until === undefined ? {} : { until: until * MINUTE }),
  });
  const said = historyAnswer('main', [sample(1)], [incident('a', 5, 17), incident('b', 90)], span);
  expect(said.parts).toContainEqual({
    kind: 'rows',
    rows: [
      { mark: 'fail', name: '1970-01-01 01:30 UTC', text: 'still open: running' },
      { mark: 'fail', name: '1970-01-01 00:05 UTC', text: '12 minutes: running' },
    ],
  });
});

test('nothing noted says how that comes', () => {
  expect(historyAnswer('main', [], [], span)).toMatchObject({
    mark: 'info',
    title: 'main: nothing was noted in that time',
  });
});

test('a slot shows its worst look and its slowest answer', () => {
  const samples = [sample(0, 'pass', { ms: 10 }), sample(1, 'fail', { ms: 90 }), sample(99, 'warn')];
  expect(slotsOf(samples, 0, 100 * MINUTE)).toEqual([{ mark: 'fail', ms: 90 }, { mark: 'skipped' }, { mark: 'warn' }]);
});

test('no look is lost in the slots, and there are never too many', () => {
  const samples = fc.array(fc.tuple(fc.nat(100), fc.constantFrom<Sample['mark']>('pass', 'warn', 'fail')), {
    minLength: 1,
    maxLength: 400,
  });
  fc.assert(
    fc.property(samples, (drawn) => {
      const list = drawn.map(([minute, mark]) => sample(minute, mark)).sort((a, b) => a.at - b.at);
      const slots = slotsOf(list, list[0]?.at ?? 0, 100 * MINUTE);
      expect(slots.length).toBeLessThanOrEqual(120);
      expect(slots.some(({ mark }) => mark === 'fail')).toBe(list.some(({ mark }) => mark === 'fail'));
    }),
  );
});
