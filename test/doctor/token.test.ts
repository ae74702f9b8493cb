import { judgeToken, type TokenSeen } from '../../src/doctor/token.js';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const judge = (seen: Partial<TokenSeen>) =>
  judgeToken(
    { name: 'main', gitlab: { url: 'https://gitlab.example.com' } },
    { username: 'registrar-bot', scopes: ['api'], ...seen },
    NOW,
  )[0];

test.each([
  [{}, 'pass', 'does not expire'],
  [{ expiresAt: '2027-12-01' }, 'pass', 'expires in 365 days'],
  [{ expiresAt: '2026-12-15' }, 'pass', 'expires in 14 days'],
  [{ expiresAt: '2026-12-14' }, 'warn', 'expires in 13 days'],
  [{ expiresAt: '2026-12-07' }, 'fail', 'expires in 6 days'],
  [{ expiresAt: '2026-12-02' }, 'fail', 'expires in 1 day'],
  [{ scopes: ['read_api'] }, 'fail', 'no scope api, only read_api'],
])('%j: %s, %s', (seen, mark, words) => {
  expect(judge(seen)).toMatchObject({ mark, what: expect.stringContaining(words), part: 'main: token' });
});

test('what mends it is a command, or the page where tokens are made', () => {
  expect(judge({ expiresAt: '2026-12-02' })?.fix).toBe('registrar rotate-own-token main --yes');
  expect(judge({ scopes: [] })?.fix).toContain('https://gitlab.example.com/-/user_settings/personal_access_tokens');
});
