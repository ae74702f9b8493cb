import { toldSince } from '../../src/doctor/gather/hooks.js';
import { judgeMissed, mayBeMissed } from '../../src/doctor/missed.js';
import type { Owner } from '../../src/gitlab/schema.js';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const ago = (minutes: number) => NOW - minutes * 60_000;

test.each([
  ['an hour ago', ago(60), 0, true],
  ['so long ago that nobody waits, and no queue would know', ago(340), 0, false],
  ['a moment ago: its webhook may be on its way', ago(1), 0, false],
  ['before there was a webhook', ago(60), ago(30), false],
  ['never, by its time', Number.NaN, 0, false],
])('a job that failed %s', (_, at, since, may) => {
  expect(mayBeMissed({ id: 1, project: 'shop/api', at }, since, NOW)).toBe(may);
});

test('none, one, and many projects', () => {
  const jobs = ['a', 'b', 'c', 'd', 'a'].map((name, id) => ({ id, project: `shop/${name}` }));
  expect(judgeMissed('main', [])).toMatchObject([{ mark: 'pass' }]);
  expect(judgeMissed('main', jobs.slice(0, 1))).toMatchObject([
    {
      mark: 'fail',
      what: '1 failed job was never told (shop/a)',
      repair: { is: 'queue-jobs', instance: 'main', jobs: [{ id: 0, project: 'shop/a' }] },
    },
  ]);
  expect(judgeMissed('main', jobs)[0]?.what).toBe('5 failed jobs were never told (shop/a, shop/b, shop/c and 1 more)');
});

test('a project is told of since the first webhook that covers it was made', () => {
  const hook = { id: 1, url: 'https://r/hooks/gitlab/main', job_events: true, alert_status: 'disabled' as const };
  const group: Owner = { kind: 'group', id: 1, path: 'shop' };
  const project: Owner = { kind: 'project', id: 1, path: 'shop/api' };
  const ours = [
    { owner: project, hook: { ...hook, created_at: '2026-11-01T00:00:00Z' } },
    { owner: group, hook: { ...hook, created_at: '2026-10-01T00:00:00Z' } },
    { owner: group, hook: { ...hook, created_at: '2026-09-01T00:00:00Z', job_events: false } },
  ];
  expect(toldSince({ ours }, 'shop/api')).toBe(Date.parse('2026-10-01T00:00:00Z'));
  expect(toldSince({ ours: ours.slice(0, 1) }, 'shop/web')).toBeUndefined();
});
