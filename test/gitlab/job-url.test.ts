import fc from 'fast-check';
import { isJobUrl, jobAt } from '../../src/gitlab/job-url.js';

const GITLAB = 'https://gitlab.example.com';

test.each<[string, string, string, number]>([
  ['a project', `${GITLAB}/shop/api/-/jobs/4711`, 'shop/api', 4711],
  ['a subgroup', `${GITLAB}/a/b/c/-/jobs/1`, 'a/b/c', 1],
  ['the page’s own additions', `${GITLAB}/shop/api/-/jobs/7/raw`, 'shop/api', 7],
  ['a line of the log', `${GITLAB}/shop/api/-/jobs/7#L120`, 'shop/api', 7],
  ['an older GitLab', `${GITLAB}/shop/api/jobs/7`, 'shop/api', 7],
])('%s', (_, url, project, job) => {
  expect(jobAt(url, GITLAB)).toEqual({ gitlab: GITLAB, project, job });
  expect(isJobUrl(` ${url}\n`)).toBe(true);
});

test('a GitLab below a path', () => {
  expect(jobAt('https://example.com/git/shop/api/-/jobs/7', 'https://example.com/git')?.project).toBe('shop/api');
  expect(jobAt('https://example.com/shop/api/-/jobs/7', 'https://example.com/git')).toBeUndefined();
});

test.each([
  `https://evil.example/shop/api/-/jobs/7`,
  `https://gitlab.example.com.evil.example/shop/api/-/jobs/7`,
  `https://gitlab.example.com@evil.example/shop/api/-/jobs/7`,
  `http://gitlab.example.com/shop/api/-/jobs/7`,
  `${GITLAB}/../admin/-/jobs/7`,
  `${GITLAB}/shop/api/-/jobs/0x7`,
  `${GITLAB}/shop/api/-/jobs/7 and more`,
])('%s leads nowhere', (url) => {
  expect(jobAt(url, GITLAB)).toBeUndefined();
});

test('whatever is asked for is below the configured GitLab', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), fc.nat(), (path, job) => {
      const found = jobAt(`${GITLAB}/${path}/-/jobs/${job}`, GITLAB);
      return found === undefined || (found.gitlab === GITLAB && !/(?:^|\/)\.\.?(?:\/|$)|[?#\s]/.test(found.project));
    }),
  );
});
