import fc from 'fast-check';
import {
  baseName,
  freshExpiry,
  freshName,
  GITLAB_DEPLOY_TOKEN,
  isExpired,
  keepsUsername,
  matchTokens,
  registryTokens,
  successorExpiry,
} from '../../../src/rotation/plan/token.js';
import { accessTokenOf, tokenOf } from '../plan-of.js';

const DAY = 86_400_000;
const ids = fc.uuid();

describe('which tokens a rotation is about', () => {
  test('those with a scope of the registry that are not revoked; expired ones too', () => {
    const token = (id: number, more: object = {}) => ({ ...tokenOf(id), revoked: false, ...more });
    const tokens = [
      token(1),
      token(2, { revoked: true }),
      token(3, { scopes: ['read_repository'] }),
      token(4, { scopes: ['read_repository', 'read_registry'] }),
      token(5, { expires_at: '2020-01-01T00:00:00.000Z' }),
    ];
    expect(registryTokens(tokens).map(({ id }) => id)).toEqual([1, 4, 5]);
  });

  test('a word means an id, a name or a username; an id before a name that looks like one', () => {
    const tokens = [
      tokenOf(1, { name: '2' }),
      tokenOf(2, { name: 'token 2' }),
      tokenOf(3, { name: 'token 3', username: 'ci-bot' }),
      tokenOf(4, { name: 'ci-bot' }),
    ];
    const matched = (word: string) => matchTokens(tokens, word).map(({ id }) => id);
    expect([
      matched('2'),
      matched('token 2'),
      matched('gitlab+deploy-token-1'),
      matched('ci-bot'),
      matched('5'),
    ]).toEqual([[2], [2], [1], [3, 4], []]);
  });

  test('an id may be one of either kind; with its kind it is one', () => {
    const tokens = [tokenOf(7), accessTokenOf(7)];
    const matched = (word: string) => matchTokens(tokens, word).map(({ kind }) => kind);
    expect([matched('7'), matched('deploy:7'), matched('access:7'), matched('group:7')]).toEqual([
      ['deploy', 'access'],
      ['deploy'],
      ['access'],
      [],
    ]);
  });

  test('one that was rotated is still meant by the name that people gave it', () => {
    const tokens = [tokenOf(9, { name: 'ci push (registrar 0123abcd)' })];
    for (const word of ['ci push', 'ci push (registrar 0123abcd)']) expect(matchTokens(tokens, word)).toEqual(tokens);
  });
});

describe('expiry', () => {
  test('counts from 00:00 UTC of the date', () => {
    const expires_at = '2026-08-05T00:00:00.000Z';
    const midnight = Date.parse(expires_at);
    expect(isExpired({ expires_at }, midnight - 1)).toBe(false);
    expect(isExpired({ expires_at }, midnight)).toBe(true);
    expect(isExpired({ expires_at: '2026-08-05' }, midnight - 1)).toBe(false);
    expect(isExpired({ expires_at: null }, midnight)).toBe(false);
    expect(isExpired({}, midnight)).toBe(false);
  });

  const NOW = Date.parse('2026-08-05T10:00:00Z');

  test('a new access token lives as many days as the old one was meant to', () => {
    const expiry = (created_at: string, expires_at: string | null) =>
      freshExpiry(accessTokenOf(1, { created_at, expires_at }), NOW);
    expect(expiry('2026-01-01T23:59:00Z', '2026-01-31')).toBe('2026-09-04');
    expect(expiry('2026-01-01T00:00:00Z', '2026-01-31')).toBe('2026-09-04');
    // More than GitLab allows, and no date at all, as before GitLab demanded one.
    expect(expiry('2020-01-01T00:00:00Z', '2026-01-31')).toBe('2027-08-04');
    expect(expiry('2026-01-01T00:00:00Z', null)).toBe('2027-08-04');
    expect(freshExpiry(tokenOf(1), NOW)).toBe('2027-08-04');
  });

  test('a deploy token without an end gets none, and one that expires may live longer than an access token', () => {
    const expires_at = '2028-01-01T00:00:00.000Z';
    expect(successorExpiry(tokenOf(1), NOW)).toBeUndefined();
    expect(successorExpiry(tokenOf(1, { expires_at, created_at: '2026-01-01T00:00:00Z' }), NOW)).toBe('2028-08-04');
    expect(successorExpiry(tokenOf(1, { expires_at }), NOW)).toBe('2028-01-01');
    expect(successorExpiry(tokenOf(1, { expires_at: '2026-08-06T00:00:00.000Z' }), NOW)).toBe('2027-08-04');
    expect(successorExpiry(accessTokenOf(1, { expires_at, created_at: '2026-01-01T00:00:00Z' }), NOW)).toBe(
      '2027-08-04',
    );
  });

  test('whenever it is made: it lives a day and no more than GitLab allows', () => {
    const time = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    const life = fc.integer({ min: -10, max: 4000 });
    fc.assert(
      fc.property(time, time, life, (created, now, days) => {
        const expires_at = new Date(created.getTime() + days * DAY).toISOString().slice(0, 10);
        const old = accessTokenOf(1, { created_at: created.toISOString(), expires_at });
        const fresh = Date.parse(freshExpiry(old, now.getTime())) - now.getTime();
        expect(fresh).toBeGreaterThanOrEqual(DAY);
        expect(fresh).toBeLessThanOrEqual(365 * DAY);
      }),
    );
  });

  test('rotated again and again, an access token’s life does not shrink', () => {
    const time = fc.integer({ min: NOW, max: NOW + 400 * DAY });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), fc.integer({ min: 2, max: 364 }), (times, days) => {
        const date = (at: number) => new Date(at).toISOString();
        let token = accessTokenOf(1, { created_at: date(NOW), expires_at: date(NOW + days * DAY).slice(0, 10) });
        for (const now of times) token = { ...token, created_at: date(now), expires_at: freshExpiry(token, now) };
        const created = Date.parse(token.created_at?.slice(0, 10) ?? '');
        expect(Date.parse(token.expires_at ?? '') - created).toBe(days * DAY);
      }),
    );
  });
});

describe('the name of a new token', () => {
  test('is the old one’s, with the rotation’s mark', () => {
    const id = '1234abcd-0000-4000-8000-000000000000';
    expect(freshName({ old: { name: 'ci push' }, id })).toBe('ci push (registrar 1234abcd)');
    expect(freshName({ old: { name: 'ci push (registrar 99999999)' }, id })).toBe('ci push (registrar 1234abcd)');
  });

  test('stays where GitLab gives it a meaning', () => {
    fc.assert(fc.property(ids, (id) => freshName({ old: { name: GITLAB_DEPLOY_TOKEN }, id }) === GITLAB_DEPLOY_TOKEN));
  });

  test('whatever the old one was: GitLab takes it, and it says whose rotation it is', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 255 }),
      fc.string({ unit: 'grapheme', minLength: 200 }),
    );
    fc.assert(
      fc.property(names, ids, (name, id) => {
        const fresh = freshName({ old: { name }, id });
        expect(fresh.endsWith(` (registrar ${id.replaceAll('-', '').slice(0, 8)})`)).toBe(true);
        expect(fresh.length).toBeLessThanOrEqual(255);
        // No half of a character: what GitLab makes of it would not be recognised.
        if (isWhole(name)) expect(isWhole(fresh)).toBe(true);
      }),
    );
  });

  test('a name gets one mark, however often it is rotated', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), fc.array(ids, { minLength: 1 }), (name, rotations) => {
        let fresh = name;
        for (const id of rotations) fresh = freshName({ old: { name: fresh }, id });
        expect(fresh).toBe(freshName({ old: { name }, id: rotations.at(-1) ?? '' }));
      }),
    );
  });

  test('baseName takes the mark off, whoever wrote how many, and nothing else', () => {
    expect(baseName('ci push (registrar 0123abcd)')).toBe('ci push');
    expect(baseName('ci push (registrar 0123abcd) (registrar 0123abce)')).toBe('ci push');
    for (const name of ['ci push', 'ci (registrar 0123abcd) push', 'ci (registrar 123)', 'ci (registrar 0123ABCD)'])
      expect(baseName(name)).toBe(name);
    const marks = fc.array(fc.stringMatching(/^[0-9a-f]{8}$/).map((hex) => ` (registrar ${hex})`));
    fc.assert(
      fc.property(fc.string(), marks, (name, some) => {
        const base = baseName(name + some.join(''));
        expect(baseName(base)).toBe(base);
      }),
    );
  });
});

describe('the username', () => {
  const of = (id: number, username: string, carried: string[], outside = 0) =>
    keepsUsername(
      { id, username },
      carried.map((carries) => ({ carries })),
      outside,
    );

  test('is kept where a pair holds it: one write is then enough', () => {
    expect(of(7, 'gitlab+deploy-token-7', ['password'])).toBe(true);
    expect(of(7, 'gitlab+deploy-token-7', ['docker-config', 'password'])).toBe(true);
  });

  test('is kept for consumers outside, of whom nobody knows how they hold it', () => {
    expect(of(7, 'gitlab+deploy-token-7', ['docker-config'], 1)).toBe(true);
  });

  test('is GitLab’s own choice where it stands in docker configurations only, or nowhere', () => {
    expect(of(7, 'gitlab+deploy-token-7', ['docker-config', 'registry-url'])).toBe(false);
    expect(of(7, 'gitlab+deploy-token-7', [])).toBe(false);
  });

  test('is kept when somebody chose it, or another rotation kept it', () => {
    expect(of(7, 'ci-bot', [])).toBe(true);
    expect(of(7, 'gitlab+deploy-token-3', ['docker-config'])).toBe(true);
  });
});

/** Without a half of a pair of surrogates. */
function isWhole(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
