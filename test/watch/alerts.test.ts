import { utc } from '../../src/chat/availability.js';
import { fail, pass } from '../../src/checks/check.js';
import { incidentAnswer, noteOf, spanOf, urlAnswer } from '../../src/watch/alerts.js';
import type { WatchIncident } from '../../src/watch/incident.js';
import type { Problem } from '../../src/watch/problem.js';

const AT = Date.UTC(2026, 10, 30, 21, 4);
const stopped: Problem = {
  id: 'running',
  is: 'fail',
  stage: 0,
  because: 'the registry is stopped',
  fix: 'gitlab-ctl start registry',
};
const incident: WatchIncident = { id: '1', since: AT, problems: [stopped], returns: [], notes: 0 };
const results = [
  { id: 'running', link: 'registry' as const, verdict: fail(stopped.because, stopped.fix) },
  { id: 'dns', link: 'DNS' as const, verdict: pass('found') },
];
const open = (more: Partial<WatchIncident> = {}) =>
  incidentAnswer('main', { ...incident, ...more }, [stopped], results);
const buttonsOf = (answer: ReturnType<typeof open>) =>
  answer.parts.flatMap((part) =>
    part.kind === 'buttons' ? part.buttons.map(({ label, value }) => `${label}: ${value}`) : [],
  );

test('an incident says what is broken, since when, and what repairs it', () => {
  expect(open()).toMatchObject({ mark: 'fail', title: 'main: the registry is down: registry (1 of 2 checks failed)' });
  expect(JSON.stringify(open())).toContain('gitlab-ctl start registry');
  expect(JSON.stringify(open())).toContain('since 2026-11-30 21:04 UTC');
  expect(buttonsOf(open())).toEqual(['Show status: main', 'Mine: main 1', 'Silence: main 1']);
});

test('whose it is and who silenced it replaces the buttons', () => {
  const taken = open({ mine: 'ana', silenced: 'bob' });
  expect(buttonsOf(taken)).toEqual(['Show status: main']);
  expect(JSON.stringify(taken)).toContain('ana looks after it · silenced by bob');
});

test('when it is over it says what it was, and how long', () => {
  expect(open({ until: AT + 12 * 60_000 })).toMatchObject({
    mark: 'pass',
    title: 'main: all is well again, after 12 minutes',
  });
  expect(JSON.stringify(open({ until: AT + 12 * 60_000 }))).toContain('running: the registry is stopped');
  expect(incidentAnswer('main', { ...incident, flaps: true, calmSince: AT }, [], [])).toMatchObject({ mark: 'warn' });
});

test('its followers hear of what matters', () => {
  const told = (turn: Parameters<typeof noteOf>[0]) => noteOf(turn, { ...incident, returns: [1, 2] }, [stopped])?.title;
  expect(told('worse')).toBe('It got worse');
  expect(told('flaps')).toBe('It came back 2 times within an hour: it flaps');
  expect(told('returned')).toBe('It is back');
  expect(noteOf('closed', { ...incident, until: AT + 60_000 }, [])?.title).toBe('All is well again, after 1 minute');
  for (const turn of ['opened', 'better', 'quiet'] as const) expect(told(turn)).toBeUndefined();
});

test('a changed address says who tells it, and what stops working', () => {
  const said = urlAnswer('main', [{ by: 'gitlabRb', from: 'http://r:5000', to: 'https://r:5050' }], 3);
  expect(said.title).toBe('main: the registry’s address has changed');
  expect(JSON.stringify(said)).toContain('http://r:5000 → https://r:5050');
  expect(JSON.stringify(said)).toContain('3 deploy tokens of this GitLab are older');
  expect(urlAnswer('main', [{ by: 'realm', from: 'a', to: 'b' }], undefined).title).toBe(
    'main: GitLab’s address has changed',
  );
});

test.each([
  [10, '1 minute'],
  [119 * 60_000, '119 minutes'],
  [125 * 60_000, '2 h 5 min'],
  [3 * 86_400_000, '3 days'],
])('%d ms are %s', (ms, words) => {
  expect(spanOf(ms)).toBe(words);
  expect(utc(0)).toBe('1970-01-01 00:00 UTC');
});
