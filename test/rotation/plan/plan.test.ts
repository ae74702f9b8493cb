import fc from 'fast-check';
import type { DeployToken } from '../../../src/gitlab/schema.js';
import {
  isExpired,
  keptUsername,
  matchTokens,
  PlannedWrite,
  plannedWrite,
  registryTokens,
} from '../../../src/rotation/plan/plan.js';

function token(id: number, more: Partial<DeployToken> = {}): DeployToken {
  return {
    id,
    name: `token ${id}`,
    username: `gitlab+deploy-token-${id}`,
    revoked: false,
    expired: false,
    scopes: ['read_registry', 'write_registry'],
    ...more,
  };
}

describe('which tokens a rotation is about', () => {
  test('those with a scope of the registry that are not revoked; expired ones too', () => {
    const tokens = [
      token(1),
      token(2, { revoked: true }),
      token(3, { scopes: ['read_repository'] }),
      token(4, { scopes: ['read_repository', 'read_registry'] }),
      token(5, { expires_at: '2020-01-01T00:00:00.000Z', expired: true }),
    ];
    expect(registryTokens(tokens).map(({ id }) => id)).toEqual([1, 4, 5]);
  });

  test('a word means an id, a name or a username; an id before a name that looks like one', () => {
    const tokens = [token(1, { name: '2' }), token(2), token(3, { username: 'ci-bot' }), token(4, { name: 'ci-bot' })];
    const matched = (word: string) => matchTokens(tokens, word).map(({ id }) => id);
    expect([
      matched('2'),
      matched('token 2'),
      matched('gitlab+deploy-token-1'),
      matched('ci-bot'),
      matched('5'),
    ]).toEqual([[2], [2], [1], [3, 4], []]);
  });
});

describe('expiry', () => {
  test('counts from 00:00 UTC of the date, whatever GitLab’s lagging flag says', () => {
    const expires_at = '2026-08-05T00:00:00.000Z';
    const midnight = Date.parse(expires_at);
    expect(isExpired(token(1, { expires_at }), midnight - 1)).toBe(false);
    expect(isExpired(token(1, { expires_at, expired: false }), midnight)).toBe(true);
    expect(isExpired(token(1, { expires_at: null, expired: true }), midnight)).toBe(false);
    expect(isExpired(token(1), midnight)).toBe(false);
  });
});

test('a username of GitLab’s own making is not kept, one that a person chose is', () => {
  expect(keptUsername(token(7))).toBeUndefined();
  expect(keptUsername(token(7, { username: 'gitlab+deploy-token-8' }))).toBe('gitlab+deploy-token-8');
  expect(keptUsername(token(7, { username: 'ci-bot' }))).toBe('ci-bot');
});

test('a planned write holds every flag and never the value', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^gldt-[a-z]{12}$/), fc.boolean(), fc.boolean(), (value, masked, raw) => {
      const write = plannedWrite({
        owner: { kind: 'group', id: 2, path: 'shop' },
        variable: {
          key: 'REGISTRY_PASSWORD',
          value,
          variable_type: 'file',
          protected: true,
          masked,
          hidden: false,
          raw,
          environment_scope: 'production',
          description: 'for the pipeline',
        },
        carries: 'password',
        because: 'it stands beside REGISTRY_USER',
      });
      expect(JSON.stringify(write)).not.toContain(value);
      expect(PlannedWrite.parse(JSON.parse(JSON.stringify(write)))).toEqual(write);
      expect(write.variable).toMatchObject({
        variable_type: 'file',
        protected: true,
        masked,
        raw,
        environment_scope: 'production',
        description: 'for the pipeline',
      });
    }),
  );
});
