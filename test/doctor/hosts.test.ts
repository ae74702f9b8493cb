import { hostPart, judgeHost } from '../../src/doctor/hosts.js';

test('a login that works says whose, and what was seen', () => {
  const part = hostPart('main', 'gitlab.example.com');
  expect(judgeHost(part, { services: 12, version: '18.11.0' })).toEqual([
    {
      part: 'main: ssh gitlab.example.com',
      mark: 'pass',
      what: 'the key loads, the login works, the host key is the pinned one; 12 services, GitLab 18.11.0',
    },
  ]);
});
