import fc from 'fast-check';
import { isCrashing, parseServiceList, parseStatus, type ServiceState } from '../../src/host/gitlab-ctl.js';
import { gitlabCtlSample } from './samples.js';

const of = (line: string) => parseStatus(line)[0];

describe('parseStatus', () => {
  test.each([
    ['run: registry: (pid 16719) 6s; run: log: (pid 16718) 6s', { is: 'run', pid: 16719, seconds: 6, notes: [] }],
    ['down: registry: 2s, normally up; run: log: (pid 16718) 8s', { is: 'down', seconds: 2, notes: ['normally up'] }],
    [
      'down: registry: 0s, normally up, want up; run: log: (pid 1) 8s',
      { is: 'down', seconds: 0, notes: ['normally up', 'want up'] },
    ],
    [
      'run: registry: (pid 16728) 2s, paused, want down; run: log: (pid 1) 10s',
      { is: 'run', pid: 16728, seconds: 2, notes: ['paused', 'want down'] },
    ],
    [
      'run: registry: (pid 16728) 6s, normally down; run: log: (pid 1) 14s',
      { is: 'run', pid: 16728, seconds: 6, notes: ['normally down'] },
    ],
    [
      'finish: registry: (pid 16733) 1s; run: log: (pid 16718) 91s',
      { is: 'finish', pid: 16733, seconds: 1, notes: [] },
    ],
    ['run: registry: (pid 16728) 12s; down: log: 3s, normally up', { is: 'run', pid: 16728, seconds: 12, notes: [] }],
    ['fail: registry: runsv not running', { is: 'fail', notes: ['runsv not running'] }],
    [
      'warning: registry: unable to open supervise/ok: access denied',
      { is: 'no-access', notes: ['unable to open supervise/ok: access denied'] },
    ],
    [
      'timeout: run: registry: (pid 4886) 15030s, got TERM',
      { is: 'run', pid: 4886, seconds: 15030, notes: ['got TERM'] },
    ],
    ['ok: down: registry: 0s, normally up', { is: 'down', seconds: 0, notes: ['normally up'] }],
    ['run: /opt/gitlab/service/registry/: (pid 7) 1s', { is: 'run', pid: 7, seconds: 1, notes: [] }],
  ])('%s', (line, state) => {
    expect(of(line)).toEqual({ name: 'registry', line, ...state });
  });

  test.each(['', 'run', 'Timeout!', 'run: registry', '{"run": "registry"}', 'bash: gitlab-ctl: command not found'])(
    '%j says nothing',
    (line) => {
      expect(parseStatus(line)).toEqual([]);
    },
  );

  test('of each line of a real host', () => {
    const healthy = gitlabCtlSample('status-healthy.txt');
    if (healthy === undefined) return console.info('skipped: no samples of gitlab-ctl');
    const lines = healthy.trim().split('\n');
    expect(parseStatus(healthy).map(({ line }) => line)).toEqual(lines);
    expect(parseStatus(gitlabCtlSample('status-without-root.txt') ?? '').every(({ is }) => is === 'no-access')).toBe(
      true,
    );
    expect(parseStatus(gitlabCtlSample('status-one-line-forms.txt') ?? '')).toHaveLength(15);
  });

  test('never throws, and finds its lines between any others', () => {
    const line = 'down: registry: 2s, normally up; run: log: (pid 16718) 8s';
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const found = parseStatus(`${before}\n${line}\n${after}`);
        expect(found).toContainEqual(expect.objectContaining({ name: 'registry', is: 'down', line }));
      }),
    );
  });
});

describe('isCrashing', () => {
  const state = (line: string): ServiceState => {
    const found = of(line);
    if (found === undefined) throw new Error(line);
    return found;
  };

  test.each([
    ['another pid, and young', 'run: r: (pid 1) 1s', 'run: r: (pid 2) 0s', true],
    ['another pid, but it stays', 'run: r: (pid 1) 1s', 'run: r: (pid 2) 9s', false],
    ['the same process', 'run: r: (pid 1) 1s', 'run: r: (pid 1) 3s', false],
    ['it died in between', 'run: r: (pid 1) 1s', 'down: r: 0s, normally up', true],
    ['it was stopped in between', 'run: r: (pid 1) 1s', 'down: r: 0s, normally up, want down', false],
    ['its finish script runs', 'run: r: (pid 1) 1s', 'finish: r: (pid 2) 0s', true],
    ['it waits to be started again', 'down: r: 0s, normally up, want up', 'down: r: 1s, normally up, want up', true],
    ['it was started again this second', 'down: r: 0s, normally up, want up', 'run: r: (pid 2) 0s', true],
    ['it came up in between', 'down: r: 0s, normally up, want up', 'run: r: (pid 2) 2s', false],
    ['it is stopped', 'down: r: 300s, normally up', 'down: r: 302s, normally up', false],
  ])('%s: %j, then %j: %s', (_, first, second, crashing) => {
    expect(isCrashing(state(first), state(second))).toBe(crashing);
  });
});

describe('parseServiceList', () => {
  test('a star is enabled, none is switched off, no line is never enabled', () => {
    const list = parseServiceList('nginx*\nregistry\n');
    expect(Object.fromEntries(list)).toEqual({ nginx: true, registry: false });
    expect(list.has('puma')).toBe(false);
  });

  test('lines of another form are left out', () => {
    expect(parseServiceList('sh: gitlab-ctl: not found\n\n  puma*  \nNOT A SERVICE\nx y*')).toEqual(
      new Map([['puma', true]]),
    );
    fc.assert(fc.property(fc.string(), (any) => void parseServiceList(any)));
  });

  test.each([
    ['service-list.txt', true],
    ['service-list-registry-disabled.txt', false],
    ['service-list-registry-never-enabled.txt', undefined],
  ])('of a real host: %s', (file, enabled) => {
    const list = gitlabCtlSample(file);
    if (list === undefined) return console.info('skipped: no samples of gitlab-ctl');
    expect(parseServiceList(list).get('registry')).toBe(enabled);
    expect(parseServiceList(list).get('nginx')).toBe(true);
  });
});
