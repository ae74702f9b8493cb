import fc from 'fast-check';
import { parseChallenge } from '../../src/registry/challenge.js';

describe('parseChallenge', () => {
  test('reads what GitLab’s registry sends', () => {
    expect(
      parseChallenge(
        'Bearer realm="https://gitlab.example.com/jwt/auth",service="container_registry",scope="repository:shop/api:pull,push",error="insufficient_scope"',
      ),
    ).toEqual({
      realm: 'https://gitlab.example.com/jwt/auth',
      service: 'container_registry',
      scope: 'repository:shop/api:pull,push',
      error: 'insufficient_scope',
    });
  });

  test.each([
    'bearer service=x, Realm="https://a/b"',
    '  BEARER   realm=https://a/b ,service="x"',
    'Bearer service="x",realm="https://a/b",other="y"',
    'Bearer realm="https://a/b", service="x", Basic realm="nobody"',
  ])('in any order, quoted or bare: %s', (header) => {
    expect(parseChallenge(header)).toEqual({ realm: 'https://a/b', service: 'x' });
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Basic realm="https://a/b"',
    'Bearer service="x"',
    'Bearer realm=""',
    'Bearerrealm="a"',
    `Bearer realm="${'a'.repeat(5000)}"`,
  ])('%s is none', (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });

  test('never throws, and gives back the parameters that were written', () => {
    const value = fc.string().map((text) => text.replace(/"/g, ''));
    fc.assert(
      fc.property(value, value, fc.string(), (realm, service, rest) => {
        fc.pre(realm !== '');
        expect(parseChallenge(`Bearer realm="${realm}",service="${service}",${rest}`)).toMatchObject({
          realm,
          service,
        });
        parseChallenge(rest);
        parseChallenge(`Bearer ${rest}`);
      }),
    );
  });
});
