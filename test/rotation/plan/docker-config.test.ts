import fc from 'fast-check';
import {
  decode,
  dockerConfig,
  dockerEntries,
  dockerSecret,
  hostOf,
  renewed,
} from '../../../src/rotation/plan/docker-config.js';
import { basic } from '../plan-of.js';

const HOST = 'registry.example.com:5051';
const NAME = 'gitlab+deploy-token-7';

/** A login's name has no colon: it ends at the first. */
const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes(':'));
const word = fc.string({ maxLength: 24 });
const form = fc.constantFrom('auth', 'clear', 'both');

function entry(username: string, password: string, as: string): object {
  const auth = basic(username, password);
  if (as === 'auth') return { auth };
  return as === 'clear' ? { username, password } : { username, password, auth };
}

describe('the entries', () => {
  test('are logins, in whatever form docker and kubectl write them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.domain(), fc.tuple(name, word, form)), (logins) => {
        const auths = Object.fromEntries(
          Object.entries(logins).map(([host, [user, password, as]]) => [host, entry(user, password, as)]),
        );
        const expected = Object.entries(logins).map(([host, [username, password]]) => ({ host, username, password }));
        expect(dockerEntries(JSON.stringify({ auths }))).toEqual(expected);
      }),
    );
  });

  test('one that is none does not hide the others', () => {
    const auths = {
      broken: null,
      text: 'x',
      number: { auth: 5 },
      colonless: { auth: Buffer.from('no colon').toString('base64') },
      half: { username: 'ana' },
      [HOST]: { auth: basic(NAME, 'old') },
    };
    expect(dockerEntries(JSON.stringify({ auths }))).toEqual([{ host: HOST, username: NAME, password: 'old' }]);
  });

  test('an empty auth does not hide the names in the clear', () => {
    expect(decode({ auth: '', username: NAME, password: 'old' })).toEqual({ username: NAME, password: 'old' });
  });

  test.each(['gldt-very-secret', '"auths"', '{"auths":7}', '{"auths":[]}', '{"auths":null}', '{"auths":', null])(
    'are none in %s',
    (value) => {
      expect(dockerConfig(value)).toBeUndefined();
      expect(dockerEntries(value)).toBeUndefined();
    },
  );

  test('hostile text is none, and nothing is thrown', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((json) => `{"auths":${json}}`),
      fc.json().map((json) => `{"auths":{"${HOST}":${json}}}`),
    );
    fc.assert(
      fc.property(hostile, (value) => {
        for (const { password } of dockerEntries(value) ?? []) expect(typeof password).toBe('string');
        dockerSecret(value, NAME, HOST);
      }),
    );
  });
});

test('a host written as a URL is the same host', () => {
  const tail = fc.constantFrom('', '/', '/v1/', '/v2/');
  fc.assert(
    fc.property(
      fc.domain(),
      fc.constantFrom('', ':5000'),
      fc.constantFrom('', 'http://', 'https://'),
      tail,
      (...parts) => {
        const [domain, port, scheme, path] = parts;
        expect(hostOf(`${scheme}${domain}${port}${path}`)).toBe(`${domain}${port}`);
      },
    ),
  );
});

describe('of several entries with the same name', () => {
  const secret = (auths: Record<string, string>) =>
    dockerSecret(
      JSON.stringify({
        auths: Object.fromEntries(Object.entries(auths).map(([host, word]) => [host, { auth: basic(NAME, word) }])),
      }),
      NAME,
      HOST,
    );

  test('that of our host counts, then one of its name at another port, then any', () => {
    expect(secret({ 'other.example': 'c', 'registry.example.com:5000': 'b', [HOST]: 'a' })).toBe('a');
    expect(secret({ 'other.example': 'c', 'registry.example.com:5000': 'b' })).toBe('b');
    expect(secret({ 'other.example': 'c' })).toBe('c');
    expect(secret({})).toBeUndefined();
  });

  test('a host whose name only begins alike is another', () => {
    expect(secret({ 'registry.example.com.evil.example:5051': 'c', 'registry.example.com': 'b' })).toBe('b');
  });
});

test('a renewed entry has the new login in every form that it had, and all else of it is kept', () => {
  const rest = fc.dictionary(fc.constantFrom('email', 'identitytoken', 'note'), word);
  fc.assert(
    fc.property(name, word, form, rest, name, word, (user, password, as, more, newUser, newPassword) => {
      const had = { ...more, ...entry(user, password, as) };
      const now = renewed(had, newUser, newPassword);
      expect(decode(now)).toEqual({ username: newUser, password: newPassword });
      expect(now).toEqual({ ...more, ...entry(newUser, newPassword, as) });
    }),
  );
});
