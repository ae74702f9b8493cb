import type { Variable } from '../../src/gitlab/schema.js';
import type { PlannedWrite, RotatedToken, RotationPlan } from '../../src/rotation/plan/plan.js';

/** Plans, tokens and variables as data, for tests that need no GitLab. */

export function tokenOf(id: number, more: Partial<RotatedToken> = {}): RotatedToken {
  const scopes = ['read_registry', 'write_registry'];
  return { kind: 'deploy', id, name: 'ci push', username: `gitlab+deploy-token-${id}`, scopes, ...more };
}

/** An access token of a Developer's role that was made for a year. */
export function accessTokenOf(id: number, more: Partial<RotatedToken> = {}): RotatedToken {
  const scopes = ['read_registry', 'write_registry'];
  const life = { created_at: '2026-01-01T00:00:00.000Z', expires_at: '2026-12-31' };
  return { kind: 'access', id, name: 'ci bot', scopes, access_level: 30, ...life, ...more };
}

export function planOf(more: Partial<RotationPlan> = {}): RotationPlan {
  return {
    id: '12345678-9abc-4def-8123-456789abcdef',
    instance: 'lab',
    asker: { platform: 'terminal', id: 'ana' },
    owner: { kind: 'project', id: 1, path: 'shop/api' },
    old: tokenOf(7),
    writes: [],
    outside: [],
    probe: { repository: 'shop/api/image', isNew: false },
    formerUrls: [],
    quietHours: 0,
    reveal: false,
    unknown: [],
    reasons: [],
    ...more,
  };
}

export function variableOf(key: string, value: string | null, more: Partial<Variable> = {}): Variable {
  const flags = { variable_type: 'env_var', protected: false, masked: false, hidden: value === null, raw: false };
  return { key, value, environment_scope: '*', ...flags, ...more };
}

export function writeOf(
  key: string,
  carries: PlannedWrite['carries'],
  environment_scope = '*',
  owner: PlannedWrite['owner'] = { kind: 'project', id: 1, path: 'shop/api' },
): PlannedWrite {
  const { value: _, ...variable } = variableOf(key, '', { environment_scope });
  return { owner, variable, carries, because: 'it stands beside REGISTRY_USER', digest: 'digest' };
}

/** The `auth` of a docker configuration. */
export function basic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
