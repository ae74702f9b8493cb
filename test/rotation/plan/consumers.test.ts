import fc from 'fast-check';
import type { Holder, Variable } from '../../../src/gitlab/schema.js';
import {
  findConsumers,
  lonelyUsernames,
  type Sought,
  secretOf,
  secretsIn,
} from '../../../src/rotation/plan/consumers.js';
import { basic, variableOf as variable } from '../plan-of.js';

const owner: Holder = { kind: 'project', id: 1, path: 'shop/api' };
const NAME = 'gitlab+deploy-token-7';
const HOST = 'registry.example.com:5051';
const SECRET = 'gldt-old-and-long';

function sought(more: Partial<Sought> = {}): Sought {
  const none = { secrets: new Set<string>(), mapped: new Set<string>(), formerUrls: [] };
  return { username: NAME, registryHost: HOST, ...none, ...more };
}

/** An access token's consumers: nothing is known by its name. */
function nameless(more: Partial<Sought> = {}): Sought {
  return sought({ username: undefined, ...more });
}

function found(variables: Variable[], by = sought()): string[] {
  return findConsumers(by, owner, variables).map(
    ({ carries, variable: { key, environment_scope } }) => `${key} ${environment_scope} ${carries}`,
  );
}

function config(auths: Record<string, unknown>): string {
  return JSON.stringify({ auths });
}

describe('the variables that carry a deploy token', () => {
  test.each([
    ['REGISTRY_USER', 'REGISTRY_PASSWORD'],
    ['REGISTRY_USERNAME', 'REGISTRY_TOKEN'],
    ['REGISTRY_LOGIN', 'REGISTRY_SECRET'],
    ['CI_DEPLOY_USER', 'CI_DEPLOY_PASS'],
    ['USER', 'PASSWORD'],
  ])('%s by its value, and %s beside it; the name itself stays', (user, password) => {
    expect(found([variable(user, NAME), variable(password, SECRET)])).toEqual([`${password} * password`]);
  });

  test('a password without a name beside it is somebody else’s', () => {
    const variables = [
      variable('REGISTRY_USER', NAME),
      variable('DB_PASSWORD', 'x'),
      variable('OTHER_USER', 'ana'),
      variable('OTHER_PASSWORD', 'y'),
    ];
    expect(found(variables)).toEqual([]);
    expect(lonelyUsernames(NAME, variables).map(({ key }) => key)).toEqual(['REGISTRY_USER']);
  });

  test('a pair belongs together only within one environment scope', () => {
    const [production, staging] = [{ environment_scope: 'production' }, { environment_scope: 'staging' }];
    const variables = [
      variable('REGISTRY_USER', NAME, production),
      variable('REGISTRY_PASSWORD', SECRET, production),
      variable('REGISTRY_PASSWORD', 'another', staging),
      variable('REGISTRY_USER', NAME, { environment_scope: 'review/*' }),
    ];
    expect(found(variables)).toEqual(['REGISTRY_PASSWORD production password']);
    expect(lonelyUsernames(NAME, variables).map(({ environment_scope }) => environment_scope)).toEqual(['review/*']);
  });

  test('a hidden password is found by its name, for its value can’t be read', () => {
    expect(found([variable('REGISTRY_USER', NAME), variable('REGISTRY_PASSWORD', null)])).toEqual([
      'REGISTRY_PASSWORD * password',
    ]);
  });

  test('a docker configuration by the user in its entries', () => {
    const ours = variable('DOCKER_AUTH_CONFIG', config({ [HOST]: { auth: basic(NAME, SECRET) } }));
    expect(found([ours])).toEqual(['DOCKER_AUTH_CONFIG * docker-config']);
    expect(found([variable('DOCKER_AUTH_CONFIG', config({ [HOST]: { auth: basic('ana', 'x') } }))])).toEqual([]);
  });

  test('every other copy of the secret by its value; a short word may be anything', () => {
    const copies = [variable('PULL', SECRET), variable('SHORT', 'latest'), variable('FLAG', 'true')];
    expect(found(copies, sought({ secrets: new Set([SECRET, 'latest', 'true']) }))).toEqual(['PULL * password']);
  });

  test('what the configuration maps to it, hidden or not', () => {
    const by = sought({ mapped: new Set(['DEPLOY_KEY', 'OTHER_KEY']) });
    expect(found([variable('DEPLOY_KEY', 'x'), variable('OTHER_KEY', null), variable('THIRD', 'x')], by)).toEqual([
      'DEPLOY_KEY * password',
      'OTHER_KEY * password',
    ]);
  });

  test('a docker configuration that the configuration maps to it is never taken for a bare secret', () => {
    const by = nameless({ mapped: new Set(['DOCKER_AUTH_CONFIG']) });
    const unknown = variable('DOCKER_AUTH_CONFIG', config({ [HOST]: { auth: basic('bot', SECRET) } }));
    expect(found([unknown], by)).toEqual([]);
    expect(found([unknown], { ...by, secrets: new Set([SECRET]) })).toEqual(['DOCKER_AUTH_CONFIG * docker-config']);
  });

  test('an address that the registry had before', () => {
    const by = sought({ formerUrls: ['https://registry.example.com:5000'] });
    const variables = [
      variable('IMAGE', 'registry.example.com:5000/shop/api'),
      variable('HOST', 'https://registry.example.com:5000'),
      variable('OTHER', 'registry.example.com:5000x'),
      variable('NOW', HOST),
    ];
    expect(found(variables, by)).toEqual(['IMAGE * registry-url', 'HOST * registry-url']);
  });
});

describe('the variables that carry an access token', () => {
  test('are found by the secret alone, whatever stands beside it', () => {
    const variables = [
      variable('REGISTRY_USER', 'anything'),
      variable('REGISTRY_PASSWORD', SECRET),
      variable('DOCKER_AUTH_CONFIG', config({ [HOST]: { auth: basic('any', SECRET) } })),
      variable('OTHER_PASSWORD', 'another-secret'),
    ];
    expect(found(variables, nameless({ secrets: new Set([SECRET]) }))).toEqual([
      'REGISTRY_PASSWORD * password',
      'DOCKER_AUTH_CONFIG * docker-config',
    ]);
    expect(found(variables, nameless())).toEqual([]);
  });
});

describe('the secret that they give away', () => {
  test('is the password beside the name, and the one of the docker configuration’s entry for this registry', () => {
    const value = config({
      'other.example': { auth: basic(NAME, 'of-another') },
      [HOST]: { auth: basic(NAME, SECRET) },
    });
    expect(secretsIn(sought(), [variable('DOCKER_AUTH_CONFIG', value)])).toEqual([SECRET]);
    expect(secretsIn(sought(), [variable('A_USER', NAME), variable('A_PASSWORD', SECRET)])).toEqual([SECRET]);
  });

  test('is not in a hidden variable, nor in an address, and no short word', () => {
    const by = sought({ formerUrls: ['https://registry.example.com'] });
    const pair = (value: string | null) => [variable('A_USER', NAME), variable('A_PASSWORD', value)];
    expect(secretsIn(by, [...pair(null), variable('IMAGE', 'registry.example.com/shop')])).toEqual([]);
    expect(secretsIn(by, pair('changeme').slice(0, 1))).toEqual([]);
    expect(secretsIn(by, pair('short'))).toEqual([]);
    expect(secretOf({ carries: 'registry-url', variable: { value: 'registry.example.com' } }, by)).toBeUndefined();
  });
});

test('whatever stands in a variable: nothing is thrown', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json().map((json) => `{"auths":${json}}`),
    fc.json(),
    fc.constant(null),
    fc.constant(NAME),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), hostile)), fc.boolean(), (pairs, isNameless) => {
      const variables = pairs.map(([key, value]) => variable(key, value));
      const by = isNameless ? nameless() : sought({ formerUrls: ['https://registry.example.com'] });
      for (const one of findConsumers(by, owner, variables)) secretOf(one, by);
      lonelyUsernames(NAME, variables);
    }),
  );
});
