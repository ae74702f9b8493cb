import fc from 'fast-check';
import type { Carries } from '../../../src/rotation/plan/consumers.js';
import { dockerEntries } from '../../../src/rotation/plan/docker-config.js';
import { type Rewriting, rewritten } from '../../../src/rotation/plan/rewrite.js';
import { basic } from '../plan-of.js';

const HOST = 'registry.example.com:5051';
const FORMER = 'registry.example.com:5000';
const NAME = 'gitlab+deploy-token-7';
const fresh = { username: 'gitlab+deploy-token-9', token: 'gldt-new' };
const DEPLOY: Rewriting = {
  old: { username: NAME, secret: 'gldt-old' },
  fresh,
  registryUrl: `https://${HOST}`,
  formerUrls: [`https://${FORMER}`],
};
const ACCESS: Rewriting = {
  ...DEPLOY,
  old: { username: undefined, secret: 'glpat-old' },
  fresh: { username: 'registrar', token: 'glpat-new' },
};

function of(carries: Carries, value: string | null, by = DEPLOY): string | undefined {
  return rewritten({ carries, value }, by);
}

function configured(auths: Record<string, unknown>, more: object = {}, by = DEPLOY) {
  const value = of('docker-config', JSON.stringify({ auths, ...more }), by);
  return JSON.parse(value ?? 'null') as { auths: Record<string, unknown> } | null;
}

const ours = (word = 'gldt-old') => ({ auth: basic(NAME, word) });
const NEW = { auth: basic(fresh.username, fresh.token) };

describe('a password', () => {
  test('becomes the new secret, also where the old can’t be read', () => {
    fc.assert(fc.property(fc.option(fc.string()), (value) => of('password', value) === fresh.token));
  });
});

describe('an address', () => {
  test('moves to the present one; any other stays', () => {
    expect(of('registry-url', `${FORMER}/shop/api`)).toBe(`${HOST}/shop/api`);
    expect([of('registry-url', 'quay.io/shop'), of('registry-url', null)]).toEqual([undefined, undefined]);
  });
});

describe('a docker configuration', () => {
  test('keeps whatever else is in it', () => {
    const other = { auth: basic('ana', 'secret'), email: 'ana@example.com' };
    const rest = { credsStore: 'pass', HttpHeaders: { 'User-Agent': 'ci' } };
    const auths = { 'index.docker.io': other, broken: null, [HOST]: { ...ours(), email: 'ci@example.com' } };
    expect(configured(auths, rest)).toEqual({
      auths: { ...auths, [HOST]: { ...NEW, email: 'ci@example.com' } },
      ...rest,
    });
  });

  test('after the registry’s URL changed: our entry moves to the new host', () => {
    const others = { auth: basic('ana', 'x') };
    expect(configured({ 'quay.io': others, [FORMER]: ours() })?.auths).toEqual({ 'quay.io': others, [HOST]: NEW });
  });

  test('another’s entry for the new host is not overwritten: ours stays where it was', () => {
    const others = { auth: basic('ana', 'x') };
    expect(configured({ [HOST]: others, [FORMER]: ours() })?.auths).toEqual({ [HOST]: others, [FORMER]: NEW });
  });

  test('two entries of ours, of the new and a former host, become one', () => {
    expect(configured({ [FORMER]: ours(), [HOST]: ours() })?.auths).toEqual({ [HOST]: NEW });
  });

  test('an entry for a host that the registry never had is renewed where it is: some job may use that name', () => {
    const auths = { 'registry.internal:5000': ours(), [HOST]: ours() };
    expect(configured(auths)?.auths).toEqual({ 'registry.internal:5000': NEW, [HOST]: NEW });
  });

  test('another instance’s token may have the same username: with another secret its entry is not ours', () => {
    const foreign = ours('of another GitLab');
    expect(configured({ [HOST]: ours(), 'registry.other.example': foreign })?.auths).toEqual({
      [HOST]: NEW,
      'registry.other.example': foreign,
    });
  });

  test('a host written as a URL keeps its form', () => {
    expect(configured({ [`https://${HOST}/v2/`]: ours() })?.auths).toEqual({ [`https://${HOST}/v2/`]: NEW });
  });

  test('of any others: the old pair is gone, the new one is read back, the others are untouched', () => {
    const host = fc.stringMatching(/^[a-z]{1,8}\.example$/);
    const user = fc.stringMatching(/^[a-z]{1,6}$/);
    const auth = fc.tuple(user, fc.string()).map(([name, word]) => basic(name, word));
    const others = fc.dictionary(host, fc.record({ auth }));
    fc.assert(
      fc.property(others, fc.constantFrom(HOST, FORMER), (entries, at) => {
        const value = of('docker-config', JSON.stringify({ auths: { ...entries, [at]: ours() } })) ?? '';
        const read = dockerEntries(value) ?? [];
        expect(read.filter(({ username }) => username === NAME)).toEqual([]);
        expect(read.filter(({ username }) => username === fresh.username)).toEqual([
          { host: HOST, username: fresh.username, password: fresh.token },
        ]);
        expect((JSON.parse(value) as { auths: object }).auths).toMatchObject(entries);
      }),
    );
  });

  test('has no new value where the token does not stand any more', () => {
    const others = JSON.stringify({ auths: { [HOST]: { auth: basic('ana', 'x') } } });
    for (const value of [others, 'gldt-very-secret', '"auths"', '{"auths":7}', '{"auths":[]}', null])
      expect([of('docker-config', value), of('docker-config', value, ACCESS)]).toEqual([undefined, undefined]);
  });

  test('of an access token is known by its secret; whatever name stands beside it stays', () => {
    const auths = { [HOST]: { auth: basic('oauth2', 'glpat-old') }, 'quay.io': { auth: basic('oauth2', 'other') } };
    expect(configured(auths, {}, ACCESS)?.auths).toEqual({
      ...auths,
      [HOST]: { auth: basic('oauth2', 'glpat-new') },
    });
    const unknown = { ...ACCESS, old: { username: undefined, secret: undefined } };
    expect(configured(auths, {}, unknown)).toBeNull();
  });
});
