import { judgeGitLabClock } from '../../src/doctor/clock.js';

test.each([
  [0, 'pass', '0 s apart'],
  [-30, 'warn', '30 s behind Registrar'],
  [300, 'fail', '300 s ahead of Registrar'],
])('%s s: %s', (ahead, mark, what) => {
  expect(judgeGitLabClock('main', ahead)).toMatchObject([
    { part: 'main: clock', mark, what: expect.stringContaining(what) },
  ]);
});

test('a clock that is wrong is set by a command', () => {
  expect(judgeGitLabClock('main', 300)[0]?.fix).toContain('timedatectl set-ntp true');
});
