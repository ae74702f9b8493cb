import type { JobTokenFinding } from '../../../src/diagnosis/findings.js';
import { jobLog, loginAs, pullOf, pushOf } from '../../logs/job.js';
import { fromText, remarks, verdict } from './scenes.js';

const found = (more: Partial<JobTokenFinding> = {}): JobTokenFinding => ({
  source: 'shop/api',
  target: 'platform/base',
  limited: true,
  open: false,
  ...more,
});
const listed = { kind: 'project', path: 'shop/api' } as const;
const starter = (level: number) => ({ username: 'bob', level });

const PULL = jobLog(...loginAs('gitlab-ci-token'), ...pullOf('platform/base'));
const PUSH = jobLog(...loginAs('gitlab-ci-token'), ...pushOf('platform/base'));

test.each<[string, JobTokenFinding, string, string]>([
  ['not on the list', found(), PULL, 'job-token-scope confirmed'],
  ['not on the list of what anybody may pull', found({ open: true }), PULL, 'job-token-scope likely'],
  ['on the list, now', found({ listed }), PULL, 'job-token-scope likely'],
  ['no list, now', found({ limited: false }), PULL, 'job-token-scope likely'],
  ['on the list, started by no member', found({ listed, starter: starter(0) }), PULL, 'insufficient-rights confirmed'],
  ['on the list, started by a Reporter', found({ listed, starter: starter(20) }), PULL, 'job-token-scope likely'],
  ['a push, for which no list counts', found(), PUSH, 'image-outside-project likely'],
])('%s', (_, jobToken, log, expected) => {
  expect(verdict(fromText(log), { jobToken })).toBe(expected);
});

test('what lets the job in now is a remark', () => {
  const told = (more: Partial<JobTokenFinding>) => remarks(fromText(PULL), { jobToken: found(more) }).join();
  expect(told({ listed: { kind: 'group', path: 'shop' } })).toBe(
    'platform/base lets in the job tokens of the group shop, now',
  );
  expect(told({ limited: false })).toBe('platform/base lets in the job tokens of all projects, now');
  expect(told({ open: true })).toBe('platform/base is public, and so is its registry, now');
});
