import fc from 'fast-check';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.js';
import type { Findings } from '../../src/diagnosis/findings.js';
import { weigh } from '../../src/diagnosis/weigh.js';

type Token = NonNullable<Findings['tokens']>[number];

const USER = 'gitlab+deploy-token-7';
const older = { is: 'older', why: 'id 7 is not above 41' } as const;
const unknown = { is: 'unknown', why: 'not looked before' } as const;

function token(more: Partial<Token> = {}): Token {
  return { id: 7, name: 'ci push', username: USER, revoked: false, expired: false, scopes: [], age: unknown, ...more };
}

const refused = { variable: 'REGISTRY_PASSWORD', accepted: false };
const accepted = { variable: 'REGISTRY_PASSWORD', accepted: true };

/** What the text alone says of a login that was refused; read once, for reading is the slow part. */
const rejected = diagnose(
  [
    `$ docker login -u ${USER} --password-stdin registry.example.com:5050`,
    'Error response from daemon: Get "https://registry.example.com:5050/v2/": unauthorized: HTTP Basic: Access denied',
  ].join('\n'),
);

function loggedInAs(user: string | null): Diagnosis {
  const logins = user === null ? [] : [{ line: 1, user }];
  return { ...rejected, ...(rejected.facts === undefined ? {} : { facts: { ...rejected.facts, logins } }) };
}

function weighed(tokens: Token[], user: string | null = USER): string {
  const { cause, confidence } = weigh(loggedInAs(user), { instance: 'lab', notLooked: [], tokens });
  return `${cause} ${confidence}`;
}

test('the text alone is never certain of it', () => {
  expect([rejected.cause, rejected.confidence]).toEqual(['credentials-rejected', 'likely']);
});

describe('the token that the log names', () => {
  test.each<[string, Token[], string]>([
    ['is not there any more', [], 'credentials-rejected confirmed'],
    ['is revoked', [token({ revoked: true })], 'credentials-rejected confirmed'],
    ['is expired', [token({ expired: true, age: older, login: refused })], 'credentials-rejected confirmed'],
    ['is older, and refused', [token({ age: older, login: refused })], 'token-stale-after-url-change confirmed'],
    ['is older, and not tried', [token({ age: older })], 'token-stale-after-url-change likely'],
    ['is older, and accepted', [token({ age: older, login: accepted })], 'credentials-rejected likely'],
    ['is newer, and refused', [token({ age: { is: 'newer' }, login: refused })], 'credentials-rejected confirmed'],
    ['is of unknown age, and refused', [token({ login: refused })], 'credentials-rejected likely'],
    ['is of unknown age, and not tried', [token()], 'credentials-rejected likely'],
    ['is accepted', [token({ login: accepted })], 'credentials-rejected likely'],
  ])('%s', (_, tokens, verdict) => {
    expect(weighed(tokens)).toBe(verdict);
  });

  test('counts alone: another’s expiry decides nothing', () => {
    expect(weighed([token({ age: older, login: refused }), token({ id: 8, username: 'other', expired: true })])).toBe(
      'token-stale-after-url-change confirmed',
    );
  });
});

describe('a log that names no token', () => {
  const other = { id: 8, username: 'gitlab+deploy-token-8' };

  test('means the one whose pair a variable holds', () => {
    const tokens = [token({ age: older, login: refused }), token({ ...other, expired: true })];
    expect(weighed(tokens, '$REGISTRY_USER')).toBe('token-stale-after-url-change confirmed');
  });

  test('is never certain when several could be meant', () => {
    const tokens = [token({ age: older, login: refused }), token({ ...other, age: older, login: refused })];
    expect(weighed(tokens, null)).toBe('token-stale-after-url-change likely');
    expect(weighed([token({ revoked: true }), token({ ...other })], null)).toBe('credentials-rejected likely');
  });
});

test('a certain verdict has no alternatives: they are ruled out', () => {
  const sure = weigh(rejected, { instance: 'lab', notLooked: [], tokens: [token({ age: older, login: refused })] });
  expect(sure.alternatives).toEqual([]);
  expect(sure.ruledOut.map(({ cause }) => cause)).toContain('credentials-rejected');
  expect(sure.why).toContain('a login with the pair in REGISTRY_PASSWORD is refused');
});

test('a cause that tokens have nothing to do with is left as it is', () => {
  const full: Diagnosis = { ...rejected, cause: 'registry-storage-full' };
  expect(weigh(full, { instance: 'lab', notLooked: [], tokens: [token({ expired: true })] })).toEqual(full);
});

test('only proof confirms: never without a login, a revocation, an expiry or an absence', () => {
  const ages = fc.constantFrom<Token['age']>(older, unknown, { is: 'newer' });
  const tokens = fc.array(fc.record({ age: ages, id: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(tokens, (given) => {
      const list = given.map((one) => token({ ...one, username: USER }));
      return !weighed(list).endsWith('confirmed');
    }),
  );
});
