import { judgeMattermost, mattermostRefuses } from '../../src/doctor/mattermost.js';

test('in all its teams: which', () => {
  expect(judgeMattermost({ bot: 'registrar', isBot: true, teams: [{ name: 'acme' }, { name: 'ops' }] })).toEqual([
    { part: 'mattermost', mark: 'pass', what: 'registrar is in acme, ops' },
  ]);
});

test('a team that it is not in, and an account that is a person’s, are told with where that is mended', () => {
  const teams = [{ name: 'acme' }, { name: 'ops', lacks: 'it answers 404' }];
  expect(judgeMattermost({ bot: 'registrar', isBot: false, teams })).toMatchObject([
    { mark: 'fail', what: 'registrar is not in the team ops', fix: expect.stringContaining('Invite People') },
    { mark: 'warn', what: 'registrar is a person’s account, not a bot’s' },
  ]);
});

test('a refused token: where a new one goes', () => {
  expect(mattermostRefuses('env:MM', 'it answers 401')).toMatchObject({ fix: expect.stringContaining('to env:MM') });
});
