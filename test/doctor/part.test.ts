import { pass } from '../../src/doctor/finding.js';
import { lookAtPart } from '../../src/doctor/gather/part.js';
import { EdgeError } from '../../src/errors.js';

test('what was found is found', async () => {
  expect(await lookAtPart('redis', 'start it', async () => [pass('redis', 'it answers')])).toEqual([
    pass('redis', 'it answers'),
  ]);
});

test('an error that knows what to do says so', async () => {
  const forPerson = { what: 'GitLab does not answer', why: 'ECONNREFUSED', next: 'gitlab-ctl status' };
  const work = () => Promise.reject(new EdgeError({ part: 'gitlab', code: 'gitlab-unreachable', forPerson }));
  expect(await lookAtPart('main: GitLab', 'else', work)).toEqual([
    {
      part: 'main: GitLab',
      mark: 'fail',
      what: 'GitLab does not answer',
      why: 'ECONNREFUSED',
      fix: 'gitlab-ctl status',
    },
  ]);
});

test('any other error, and one that never answers, is told with what to do about the part', async () => {
  const told = { part: 'redis', mark: 'fail', what: 'it can’t be looked at', fix: 'start it' };
  expect(await lookAtPart('redis', 'start it', () => Promise.reject(new Error('NOPERM')))).toEqual([
    { ...told, why: 'NOPERM' },
  ]);
  expect(await lookAtPart('redis', 'start it', () => new Promise(() => {}), 1)).toEqual([
    { ...told, why: 'it did not answer within 0.001 s' },
  ]);
});
