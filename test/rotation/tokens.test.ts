import { EdgeError } from '../../src/errors.js';
import type { GitLab } from '../../src/gitlab/client.js';
import type { AccessToken, DeployToken } from '../../src/gitlab/schema.js';
import type { RotatedToken } from '../../src/rotation/plan/plan.js';
import { TOKENS, tokensOf } from '../../src/rotation/tokens.js';
import { accessTokenOf, planOf, tokenOf } from './plan-of.js';

const NOW = Date.parse('2026-08-05T10:00:00Z');
const OWNER = { kind: 'project', id: 1, path: 'shop/api' } as const;
/** The token that Registrar itself asks with. */
const OWN = 99;
const SCOPES = ['read_registry', 'write_registry'];

const deploy = (id: number, more: Partial<DeployToken> = {}): DeployToken => ({
  ...{ id, name: 'ci push', username: `gitlab+deploy-token-${id}`, scopes: SCOPES, revoked: false, expired: false },
  ...more,
});
const access = (id: number, more: Partial<AccessToken> = {}): AccessToken => ({
  ...{ id, name: 'ci bot', scopes: SCOPES, access_level: 30, created_at: '2026-01-01T00:00:00Z', active: true },
  ...{ revoked: false, user_id: 9, expires_at: '2026-12-31' },
  ...more,
});

/** A GitLab with those tokens, that keeps what it was asked to make. */
function gitlab(deployTokens: DeployToken[], accessTokens: AccessToken[] | EdgeError = []) {
  const made: object[] = [];
  const peer = {
    deployTokens: async () => deployTokens,
    async accessTokens() {
      if (accessTokens instanceof EdgeError) throw accessTokens;
      return accessTokens;
    },
    ownToken: async () => ({ id: OWN }),
    async createDeployToken(_: unknown, wanted: object) {
      made.push(wanted);
      return { ...deploy(9), token: 'gldt-new' };
    },
    async createAccessToken(_: unknown, wanted: object) {
      made.push(wanted);
      return { ...access(9), token: 'glpat-new' };
    },
  } as unknown as GitLab;
  return { peer, made };
}

describe('the tokens of a project or group', () => {
  test('are those of both kinds that are for the registry and in force, without Registrar’s own', async () => {
    const { peer } = gitlab(
      [
        deploy(1),
        deploy(2, { revoked: true }),
        deploy(3, { scopes: ['read_repository'] }),
        deploy(4, { expired: true }),
      ],
      [access(1), access(2, { active: false }), access(3, { scopes: ['api'] }), access(OWN)],
    );
    expect((await tokensOf(peer, OWNER)).map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'deploy 1',
      'deploy 4',
      'access 1',
    ]);
  });

  test('are deploy tokens alone where the bot may not see the others', async () => {
    const forPerson = { what: 'x', next: 'y' };
    const forbidden = new EdgeError({ part: 'gitlab', code: 'gitlab-forbidden', forPerson });
    expect(await tokensOf(gitlab([deploy(1)], forbidden).peer, OWNER)).toHaveLength(1);
    const down = new EdgeError({ part: 'gitlab', code: 'gitlab-unreachable', forPerson });
    await expect(tokensOf(gitlab([deploy(1)], down).peer, OWNER)).rejects.toBe(down);
  });

  test('have no field that a plan does not know', async () => {
    const [one, other] = await tokensOf(gitlab([deploy(1)], [access(1)]).peer, OWNER);
    expect(one).toEqual(tokenOf(1));
    expect(other).toEqual(accessTokenOf(1, { created_at: '2026-01-01T00:00:00Z' }));
  });
});

describe('a new token', () => {
  const mark = '(registrar 12345678)';

  test('of the kind deploy: it lives as long as the old one was meant to, a username only where it is kept', async () => {
    const { peer, made } = gitlab([]);
    const make = (old: Partial<RotatedToken>, username?: string) =>
      TOKENS.deploy.create(peer, planOf({ old: tokenOf(7, old), ...(username && { username }) }), NOW);
    await make({ expires_at: '2026-08-06T00:00:00.000Z', created_at: '2026-07-07T09:00:00Z' }, 'ci-bot');
    await make({ expires_at: '2026-08-05T00:00:00.000Z' });
    await make({ expires_at: null });
    const base = { name: `ci push ${mark}`, scopes: SCOPES };
    expect(made).toEqual([
      { ...base, username: 'ci-bot', expires_at: '2026-09-04' },
      { ...base, expires_at: '2027-08-04' },
      base,
    ]);
  });

  test('of the kind access: role and lifetime are the old one’s, and it logs in by any name', async () => {
    const { peer, made } = gitlab([]);
    const fresh = await TOKENS.access.create(peer, planOf({ old: accessTokenOf(7, { access_level: 20 }) }), NOW);
    expect(made).toEqual([{ name: `ci bot ${mark}`, scopes: SCOPES, access_level: 20, expires_at: '2027-08-04' }]);
    expect(fresh).toEqual({ id: 9, username: 'registrar', token: 'glpat-new' });
  });
});
