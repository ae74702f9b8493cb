import { judgeQueues, type OutboxSeen, type QueueSeen } from '../../src/doctor/queues.js';

const NOW = 100 * 3_600_000;
const ago = (minutes: number) => NOW - minutes * 60_000;
const EMPTY: OutboxSeen = { kept: 0, bad: 0, folder: '/data/outbox' };

function judge(changed: Partial<QueueSeen>, outbox: Partial<OutboxSeen> = {}) {
  const queue = { queue: 'status', workers: 1, waiting: 0, failed: [], ...changed };
  return judgeQueues([queue], { ...EMPTY, ...outbox }, NOW);
}

test('what waits for a moment, works for a while or failed yesterday is no fault', () => {
  const busy = { waiting: 3, waitingSince: ago(2), activeSince: ago(20), failed: [{ id: 'old', at: ago(600) }] };
  expect(judge(busy)).toMatchObject([{ mark: 'pass', what: '3 wait, nothing is stuck' }]);
});

test.each<[Partial<QueueSeen>, string, string]>([
  [{ waiting: 1, waitingSince: ago(30), workers: 0 }, '1 job waits, the oldest for 30 minutes', 'registrar worker'],
  [{ waiting: 9, waitingSince: ago(300) }, '9 jobs wait, the oldest for 5 hours', 'start one more'],
  [{ activeSince: ago(45) }, 'has been under way for 45 minutes', 'stop that worker'],
  [{ failed: [{ id: 'a', at: ago(5) }] }, '1 job failed', 'registrar doctor --repair'],
])('%j: %s', (changed, what, fix) => {
  expect(judge(changed)).toMatchObject([
    { part: 'queue status', what: expect.stringContaining(what), fix: expect.stringContaining(fix) },
  ]);
});

test('of failed jobs only those are tried again that somebody may still wait for', () => {
  const failed = [
    { id: 'new', at: ago(5) },
    { id: 'old', at: ago(600) },
  ];
  expect(judge({ failed })[0]?.repair).toEqual({ is: 'retry-jobs', queue: 'status', ids: ['new'] });
});

test('requests on disk, and those that nobody understands', () => {
  expect(judge({}, { kept: 2, bad: 1 })).toMatchObject([
    { what: '2 requests are kept in /data/outbox', fix: expect.stringContaining('registrar app') },
    { what: '1 kept request could not be understood', fix: expect.stringContaining('/data/outbox/*.bad') },
  ]);
});
