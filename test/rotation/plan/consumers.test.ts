import fc from 'fast-check';
import type { DeployToken, Owner, Variable } from '../../../src/gitlab/schema.js';
import { type Consumer, dockerEntries, findConsumers, rewritten } from '../../../src/rotation/plan/consumers.js';

const owner: Owner = { kind: 'project', id: 1, path: 'shop/api' };
const token: DeployToken = {
  id: 7,
  name: 'ci push',
  username: 'gitlab+deploy-token-7',
  revoked: false,
  expired: false,
  scopes: ['read_registry'],
};
const fresh = { username: 'gitlab+deploy-token-9', token: 'gldt-new' };
const HOST = 'registry.example.com:5051';

function variable(key: string, value: string | null, more: Partial<Variable> = {}): Variable {
  return {
    key,
    value,
    variable_type: 'env_var',
    protected: false,
    masked: false,
    hidden: value === null,
    raw: false,
    environment_scope: '*',
    ...more,
  };
}

function basic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function found(...variables: Variable[]): string[] {
  return findConsumers(token, owner, variables).map(
    ({ carries, variable: { key, environment_scope } }) => `${key} ${environment_scope} ${carries}`,
  );
}

function config(auths: Record<string, unknown>, more: object = {}): Consumer {
  const value = JSON.stringify({ auths, ...more });
  return { owner, variable: variable('DOCKER_AUTH_CONFIG', value), carries: 'docker-config', because: 'test' };
}

function configured(consumer: Consumer): { auths: Record<string, unknown> } {
  return JSON.parse(rewritten(consumer, token, fresh, HOST) ?? '') as { auths: Record<string, unknown> };
}

describe('the variables that carry a token', () => {
  test.each([
    ['REGISTRY_USER', 'REGISTRY_PASSWORD'],
    ['REGISTRY_USERNAME', 'REGISTRY_TOKEN'],
    ['REGISTRY_LOGIN', 'REGISTRY_SECRET'],
    ['CI_DEPLOY_USER', 'CI_DEPLOY_PASS'],
    ['USER', 'PASSWORD'],
  ])('%s by its value, and %s beside it', (user, password) => {
    expect(found(variable(user, token.username), variable(password, 'gldt-old'))).toEqual([
      `${user} * username`,
      `${password} * password`,
    ]);
  });

  test('a password without a name beside it is somebody else’s', () => {
    expect(
      found(
        variable('REGISTRY_USER', token.username),
        variable('DB_PASSWORD', 'x'),
        variable('OTHER_USER', 'ana'),
        variable('OTHER_PASSWORD', 'y'),
      ),
    ).toEqual(['REGISTRY_USER * username']);
  });

  test('a pair belongs together only within one environment scope', () => {
    expect(
      found(
        variable('REGISTRY_USER', token.username, { environment_scope: 'production' }),
        variable('REGISTRY_PASSWORD', 'gldt-old', { environment_scope: 'production' }),
        variable('REGISTRY_PASSWORD', 'another', { environment_scope: 'staging' }),
      ),
    ).toEqual(['REGISTRY_USER production username', 'REGISTRY_PASSWORD production password']);
  });

  test('a hidden password is found by its name, for its value can’t be read', () => {
    expect(found(variable('REGISTRY_USER', token.username), variable('REGISTRY_PASSWORD', null))).toContain(
      'REGISTRY_PASSWORD * password',
    );
  });

  test('a docker configuration by the user in its entries', () => {
    const auths = { [HOST]: { auth: basic(token.username, 'gldt-old') } };
    expect(found(variable('DOCKER_AUTH_CONFIG', JSON.stringify({ auths })))).toEqual([
      'DOCKER_AUTH_CONFIG * docker-config',
    ]);
    expect(
      found(variable('DOCKER_AUTH_CONFIG', JSON.stringify({ auths: { [HOST]: { auth: basic('ana', 'x') } } }))),
    ).toEqual([]);
  });

  test('an entry that is none does not hide the others', () => {
    const auths = { broken: null, text: 'x', number: { auth: 5 }, [HOST]: { auth: basic(token.username, 'gldt-old') } };
    expect(dockerEntries(JSON.stringify({ auths }))).toEqual([
      { host: HOST, username: token.username, password: 'gldt-old' },
    ]);
    expect(configured(config(auths)).auths).toEqual({
      ...auths,
      [HOST]: { auth: basic(fresh.username, fresh.token) },
    });
  });

  test('whatever stands in a variable: nothing is thrown', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((json) => `{"auths":${json}}`),
      fc.json(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), hostile)), (pairs) => {
        findConsumers(
          token,
          owner,
          pairs.map(([key, value]) => variable(key, value)),
        );
      }),
    );
  });
});

describe('the new value', () => {
  test('of a name and of a password is the new token’s', () => {
    const of = (carries: 'username' | 'password', value: string | null) =>
      rewritten({ variable: variable('X', value), carries }, token, fresh, HOST);
    expect([of('username', token.username), of('password', 'gldt-old'), of('password', null)]).toEqual([
      fresh.username,
      fresh.token,
      fresh.token,
    ]);
  });

  test('of a docker configuration keeps whatever else is in it', () => {
    const other = { auth: basic('ana', 'secret'), email: 'ana@example.com' };
    const before = config(
      { 'index.docker.io': other, [HOST]: { auth: basic(token.username, 'gldt-old'), email: 'ci@example.com' } },
      { credsStore: 'pass', HttpHeaders: { 'User-Agent': 'ci' } },
    );
    expect(configured(before)).toEqual({
      auths: {
        'index.docker.io': other,
        [HOST]: { auth: basic(fresh.username, fresh.token), email: 'ci@example.com' },
      },
      credsStore: 'pass',
      HttpHeaders: { 'User-Agent': 'ci' },
    });
  });

  test('after the registry’s URL changed: our entry moves to the new host', () => {
    const before = config({
      'quay.io': { auth: basic('ana', 'x') },
      'registry.example.com:5000': { auth: basic(token.username, 'gldt-old') },
    });
    expect(configured(before).auths).toEqual({
      'quay.io': { auth: basic('ana', 'x') },
      [HOST]: { auth: basic(fresh.username, fresh.token) },
    });
  });

  test('another’s entry for the new host is not overwritten: ours stays where it was', () => {
    const others = { auth: basic('ana', 'x') };
    const before = config({ [HOST]: others, 'registry.example.com:5000': { auth: basic(token.username, 'gldt-old') } });
    expect(configured(before).auths).toEqual({
      [HOST]: others,
      'registry.example.com:5000': { auth: basic(fresh.username, fresh.token) },
    });
  });

  test('two entries of ours, of the new and a former host, become one', () => {
    const before = config({
      'registry.example.com:5000': { auth: basic(token.username, 'gldt-old') },
      [HOST]: { auth: basic(token.username, 'gldt-old') },
    });
    expect(configured(before).auths).toEqual({ [HOST]: { auth: basic(fresh.username, fresh.token) } });
  });

  test('another instance’s token may have the same username: with another secret its entry is not ours', () => {
    const foreign = { auth: basic(token.username, 'of another GitLab') };
    const before = config({ [HOST]: { auth: basic(token.username, 'gldt-old') }, 'registry.other.example': foreign });
    expect(configured(before).auths).toEqual({
      [HOST]: { auth: basic(fresh.username, fresh.token) },
      'registry.other.example': foreign,
    });
  });

  test('a host written as a URL is the same host', () => {
    const before = config({ [`https://${HOST}/v2/`]: { auth: basic(token.username, 'gldt-old') } });
    expect(configured(before).auths).toEqual({
      [`https://${HOST}/v2/`]: { auth: basic(fresh.username, fresh.token) },
    });
  });

  test('of any docker configuration: the old pair is gone, the new one is read back, the others are untouched', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}\.example$/);
    const others = fc.dictionary(
      name,
      fc.record({
        auth: fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.string()).map(([user, word]) => basic(user, word)),
      }),
    );
    fc.assert(
      fc.property(others, fc.constantFrom(HOST, 'old.registry:5000'), (entries, host) => {
        const before = config({ ...entries, [host]: { auth: basic(token.username, 'gldt-old') } });
        const value = rewritten(before, token, fresh, HOST) ?? '';
        expect(dockerEntries(value)?.filter(({ username }) => username === token.username)).toEqual([]);
        expect(dockerEntries(value)?.filter(({ username }) => username === fresh.username)).toEqual([
          { host: HOST, username: fresh.username, password: fresh.token },
        ]);
        expect((JSON.parse(value) as { auths: object }).auths).toMatchObject(entries);
      }),
    );
  });

  test('there is none where the token does not stand any more', () => {
    const of = (carries: Consumer['carries'], value: string | null) =>
      rewritten({ variable: variable('X', value), carries }, token, fresh, HOST);
    expect(of('username', 'somebody-else')).toBeUndefined();
    expect(of('docker-config', JSON.stringify({ auths: { [HOST]: { auth: basic('ana', 'x') } } }))).toBeUndefined();
    for (const value of ['gldt-very-secret', '"auths"', '{"auths":7}', '{"auths":[]}', null])
      expect(of('docker-config', value)).toBeUndefined();
  });

  test('the old secret never stays behind in a password', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const consumer: Consumer = { owner, variable: variable('P', value), carries: 'password', because: '' };
        return rewritten(consumer, token, fresh, HOST) === fresh.token;
      }),
    );
  });
});
