import { judgeWorkers } from '../../src/doctor/workers.js';

const served = (counts: Record<string, number>) =>
  Object.entries(counts).map(([queue, workers]) => ({ queue, workers }));

test.each([
  [{ status: 2, watch: 2 }, 'pass', '2 queues, each served by 2 workers', undefined],
  [{ status: 2, watch: 1 }, 'pass', 'each served by 1 to 2 workers', undefined],
  [{ status: 0, watch: 0 }, 'fail', 'no worker runs', 'registrar worker'],
  [{ status: 2, doctor: 0 }, 'fail', 'no worker serves doctor', 'stop each of them'],
])('%j: %s, %s', (counts, mark, what, fix) => {
  const expected = { mark, what: expect.stringContaining(what) };
  expect(judgeWorkers(served(counts), [])).toMatchObject([
    fix === undefined ? expected : { ...expected, fix: expect.stringContaining(fix) },
  ]);
});

test('the chat side is told apart from the workers', () => {
  const [worker, app] = judgeWorkers(served({ status: 1 }), served({ 'replies-slack': 0 }));
  expect([worker?.mark, app]).toEqual(['pass', expect.objectContaining({ mark: 'fail', fix: 'registrar app' })]);
  expect(judgeWorkers(served({ status: 1 }), served({ 'replies-slack': 1 }))[1]?.what).toBe(
    '1 delivers answers to slack',
  );
});
