import { type Finding, fault, pass, skipped } from '../../src/doctor/finding.js';
import { doctorAnswer, doctorJson, headline } from '../../src/doctor/report.js';

const WELL: Finding[] = [pass('redis', 'Redis 7 answers'), pass('queues', 'nothing waits')];
const TOKEN = fault('warn', 'main: token', {
  what: 'it expires in 9 days',
  why: 'then it is refused',
  fix: 'rotate it',
});
const WORKER = fault('fail', 'workers', {
  what: 'no worker runs',
  why: 'nobody does anything',
  fix: 'registrar worker',
  repair: { is: 'retry-jobs', queue: 'status', ids: ['a'] },
});

test.each<[Finding[], string]>([
  [WELL, 'Registrar is well'],
  [[...WELL, TOKEN], 'Registrar works, with 1 warning'],
  [[TOKEN, WORKER], 'Registrar needs help: no worker runs'],
  [[WORKER, WORKER, WORKER], 'Registrar needs help: no worker runs, and 2 more faults'],
])('%#: %s', (findings, title) => {
  expect(headline(findings).title).toBe(title);
});

test('faults come first with what, why and the command; what is well is one row', () => {
  const { parts } = doctorAnswer([...WELL, TOKEN, skipped('x', 'not looked at'), WORKER], { all: false });
  expect(parts[0]).toEqual({
    kind: 'rows',
    rows: [
      { mark: 'fail', name: 'workers', text: 'no worker runs: nobody does anything', fix: 'registrar worker' },
      { mark: 'warn', name: 'main: token', text: 'it expires in 9 days: then it is refused', fix: 'rotate it' },
      { mark: 'skipped', name: 'x', text: 'not looked at' },
      { mark: 'pass', name: '2 more', text: 'redis, queues' },
    ],
  });
});

test('what was repaired stands first; that there was nothing is said', () => {
  const done = [{ mark: 'pass' as const, name: 'webhook 3', text: 'it is on again' }];
  expect(doctorAnswer(WELL, { all: false, done }).parts[0]).toEqual({ kind: 'rows', rows: done });
  expect(doctorAnswer(WELL, { all: false, done: [] }).parts[0]).toEqual({
    kind: 'text',
    text: 'There was nothing to repair.',
  });
});

test('for programs the same, and whether Registrar can repair it', () => {
  expect(doctorJson([WORKER, TOKEN])).toMatchObject({
    mark: 'fail',
    findings: [
      { part: 'workers', repairable: true },
      { fix: 'rotate it', repairable: false },
    ],
  });
});
