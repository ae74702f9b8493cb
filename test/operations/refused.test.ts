import type { Host } from '../../src/config/schema.js';
import { whyNotRun } from '../../src/operations/refused.js';
import { lastLines } from '../../src/operations/run.js';

const HOST: Host = { address: 'gitlab.example.com', port: 22, user: 'registrar', sudo: true, agent: true };
const run = (stderr: string, code = 1, stdout = '') => ({ stdout, stderr, code });
const SUDOERS = 'registrar ALL=(root) NOPASSWD: /usr/bin/gitlab-ctl restart registry';

describe('why it was not run', () => {
  test.each([
    'sudo: a password is required\n',
    'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required\n',
    'sudo: sorry, you must have a tty to run sudo\n',
    "Sorry, user registrar is not allowed to execute '/usr/bin/gitlab-ctl restart registry' as root on gitlab.\n",
    'Sorry, user registrar may not run sudo on gitlab.\n',
    'registrar is not in the sudoers file.\nThis incident has been reported to the administrator.\n',
  ])('%j names the line of sudoers that is missing', (stderr) => {
    expect(whyNotRun(run(stderr), HOST, 'restart')).toMatchObject({
      what: 'sudo on gitlab.example.com does not let registrar run gitlab-ctl restart registry',
      next: expect.stringContaining(SUDOERS),
    });
  });

  test.each([
    'fail: /opt/gitlab/service/registry: unable to change to service directory: access denied\n',
    'warning: registry: unable to open supervise/ok: access denied\n',
    'This command must be executed as the root user\n',
  ])('%j takes sudo', (stderr) => {
    const next = whyNotRun(run(stderr), { ...HOST, sudo: false }, 'restart')?.next;
    expect(next).toContain('sudo: true');
    expect(next).toContain(SUDOERS);
  });

  test.each(['sh: 1: gitlab-ctl: not found\n', 'sudo: gitlab-ctl: command not found\n'])('%j has none', (stderr) => {
    expect(whyNotRun(run(stderr, 127), HOST, 'restart')?.what).toContain('finds no gitlab-ctl');
  });

  test('a command that ran is not taken for one that did not, whatever it prints', () => {
    const long = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
    expect(whyNotRun(run('sudo: a password is required\n', 1, long), HOST, 'reconfigure')).toBeUndefined();
    expect(whyNotRun(run('sudo: a password is required\n', 0), HOST, 'restart')).toBeUndefined();
    expect(whyNotRun(run('timeout: run: registry: (pid 7) 31s, got TERM\n'), HOST, 'restart')).toBeUndefined();
  });
});

test('of an output the last lines are shown, without colours, secrets, or lines of a diff', () => {
  const output = [
    ...Array.from({ length: 30 }, (_, line) => `line ${line}`),
    '    - update content in file /var/opt/gitlab/registry/config.yml from 1a2b to 3c4d',
    '    --- /var/opt/gitlab/registry/config.yml',
    '    +++ /var/opt/gitlab/registry/.chef-config.yml',
    '    -  secret: abcdef',
    '    +  secret: ghijkl',
    '\u001b[31mFATAL\u001b[0m: PASSWORD=hunter2hunter2',
  ].join('\n');
  const lines = lastLines(output).split('\n');
  expect(lines).toHaveLength(20);
  expect(lines.slice(-2)).toEqual([
    '    - update content in file /var/opt/gitlab/registry/config.yml from 1a2b to 3c4d',
    'FATAL: PASSWORD=[redacted]',
  ]);
  expect(lines.join()).not.toMatch(/abcdef|ghijkl|hunter2/);
});
