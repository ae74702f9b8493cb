import { judgeSlack, slackRefuses } from '../../src/doctor/slack.js';

const SEEN = { user: 'registrar', team: 'Example', mode: 'socket' as const };

test('all scopes: whose token it is, and which team it is of', () => {
  expect(judgeSlack({ ...SEEN, scopes: ['commands', 'chat:write', 'more'] }, ['commands', 'chat:write'])).toEqual([
    { part: 'slack', mark: 'pass', what: 'registrar in Example, mode socket, all 2 scopes' },
  ]);
});

test('scopes that are missing are named, with where they are given', () => {
  expect(judgeSlack({ ...SEEN, scopes: ['commands'] }, ['commands', 'files:read', 'files:write'])).toMatchObject([
    {
      mark: 'fail',
      what: 'registrar in Example lacks the scopes files:read, files:write',
      fix: expect.stringContaining('docs/slack-app-manifest.yaml'),
    },
  ]);
});

test.each([
  ['bot', 'Bot User OAuth Token', 'slack'],
  ['app', 'connections:write', 'slack: socket'],
] as const)('a refused %s token: Slack’s word, the page it is on, and where it goes', (which, page, part) => {
  const { why, fix, ...found } = slackRefuses(which, 'env:SLACK_TOKEN', 'token_revoked');
  expect([found.part, why]).toEqual([part, 'token_revoked']);
  expect(fix).toContain(page);
  expect(fix).toContain('to env:SLACK_TOKEN');
});
