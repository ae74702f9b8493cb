import type { AnswerPart } from '../../src/chat/answer.js';
import type { CheckResult, Link } from '../../src/checks/check.js';
import { fail, pass, skipped, warn } from '../../src/checks/check.js';
import { statusAnswer } from '../../src/checks/report.js';

const result = (id: string, verdict: CheckResult['verdict'], link?: Link): CheckResult => ({
  id,
  verdict,
  ...(link === undefined ? {} : { link }),
});
const answered = (results: CheckResult[], all = false) =>
  statusAnswer('main', results, { all, note: 'checked in 0.8 s' });
const rowsOf = (results: CheckResult[], all = false) => {
  const rows = answered(results, all).parts.find((part): part is AnswerPart & { kind: 'rows' } => part.kind === 'rows');
  return (rows?.rows ?? []).map(({ mark, name, text, fix }) => [mark, name, text, fix]);
};
const chainOf = (results: CheckResult[]) => {
  const chain = answered(results).parts.find((part): part is AnswerPart & { kind: 'chain' } => part.kind === 'chain');
  return (chain?.links ?? []).map(({ name, mark }) => `${name} ${mark}`);
};

describe('the title says how bad it is', () => {
  test.each([
    [
      [result('a', fail('x', 'y'), 'registry'), result('b', pass('z'))],
      'fail',
      'main: the registry is down: registry (1 of 2 checks failed)',
    ],
    [
      [result('a', fail('x', 'y')), result('b', pass('z'))],
      'fail',
      'main: the registry works, but 1 of 2 checks failed',
    ],
    [[result('a', warn('x', 'y')), result('b', pass('z'))], 'warn', 'main: the registry works, with 1 warning'],
    [[result('a', warn('x', 'y')), result('b', warn('x', 'y'))], 'warn', 'main: the registry works, with 2 warnings'],
    [[result('a', pass('x')), result('b', skipped('y'))], 'pass', 'main: the registry works'],
    [[result('a', skipped('x'))], 'warn', 'main: nothing could be checked'],
  ] as const)('%j', (results, mark, title) => {
    expect(answered([...results])).toMatchObject({ mark, title });
  });
});

test('what is wrong comes first, with its fix; what passed is one row', () => {
  const results = [
    result('host', pass('seen')),
    result('drift', warn('edited', 'reconfigure')),
    result('clock', skipped('no time')),
    result('running', fail('stopped', 'start it')),
    result('dns', pass('found')),
  ];
  expect(rowsOf(results)).toEqual([
    ['fail', 'running', 'stopped', 'start it'],
    ['warn', 'drift', 'edited', 'reconfigure'],
    ['skipped', 'clock', 'no time', undefined],
    ['pass', '2 more', 'host, dns', undefined],
  ]);
  expect(rowsOf(results, true).map(([, name]) => name)).toEqual(['running', 'drift', 'clock', 'host', 'dns']);
});

test('checks that were skipped for one reason are one row', () => {
  const why = skipped('SSH refused');
  expect(rowsOf([result('a', why), result('b', skipped('other')), result('c', why)])).toEqual([
    ['skipped', 'a, c', 'SSH refused', undefined],
    ['skipped', 'b', 'other', undefined],
  ]);
});

test('a link is as bad as its worst check; one that was skipped says nothing beside one that was judged', () => {
  expect(
    chainOf([
      result('a', pass('x'), 'DNS'),
      result('b', skipped('x'), 'DNS'),
      result('c', warn('x', 'y'), 'TLS'),
      result('d', fail('x', 'y'), 'TLS'),
      result('e', skipped('x'), 'nginx'),
    ]),
  ).toEqual(['DNS pass', 'TLS fail', 'nginx skipped', 'registry skipped', 'token realm skipped', 'storage skipped']);
});

test('it can be asked again, and for more or less', () => {
  const actions = (all: boolean) =>
    answered([result('a', pass('x'))], all).parts.filter(({ kind }) => kind === 'buttons');
  expect(actions(false)).toMatchObject([
    { buttons: [{ action: 'status-again', value: 'main' }, { action: 'status-details' }] },
  ]);
  expect(actions(true)).toMatchObject([
    { buttons: [{ action: 'status-again' }, { action: 'status-again', label: 'Less' }] },
  ]);
  expect(JSON.stringify(answered([]))).toContain('checked in 0.8 s');
});
