import { advance, call, gitlab, granted, shop, team, useGitLab } from './bench.js';

useGitLab();

describe('deploy tokens', () => {
  it('are created once readable, listed without the secret, and deleted for good', async () => {
    const { maintainer, project, admin } = team();
    const body = { name: 'ci', scopes: ['write_registry', 'read_registry'], expires_at: '2026-09-01' };
    const created = await call('POST', `${shop}/deploy_tokens`, { token: maintainer, body });
    expect(created).toMatchObject({
      status: 201,
      body: {
        id: 1,
        name: 'ci',
        username: 'gitlab+deploy-token-1',
        expires_at: '2026-09-01T00:00:00.000Z',
        scopes: ['read_registry', 'write_registry'],
        revoked: false,
        expired: false,
        token: expect.stringMatching(/^gldt-/),
      },
    });
    const one = await call('GET', `${shop}/deploy_tokens/1`, { token: maintainer });
    expect(one.status).toBe(200);
    expect(one.body).not.toHaveProperty('token');
    expect(one.body).not.toHaveProperty('created_at');
    const groupToken = gitlab.addDeployToken(project.group, { name: 'group', scopes: ['read_registry'] });
    expect(groupToken.id).toBe(2);
    expect((await call('GET', '/api/v4/deploy_tokens', { token: admin })).body).toHaveLength(2);
    expect((await call('GET', `${shop}/deploy_tokens`, { token: admin })).body).toHaveLength(1);
    expect(await call('DELETE', `${shop}/deploy_tokens/1`, { token: maintainer })).toMatchObject({
      status: 204,
      text: '',
    });
    const gone = { status: 404, body: { message: '404 Not found' } };
    expect(await call('DELETE', `${shop}/deploy_tokens/1`, { token: maintainer })).toMatchObject(gone);
    expect(await call('GET', `${shop}/deploy_tokens/1`, { token: maintainer })).toMatchObject(gone);
    expect(gitlab.addDeployToken(project, { name: 'next', scopes: [] }).id).toBe(3);
  });

  it('are validated', async () => {
    const { maintainer } = team();
    const table: [unknown, unknown][] = [
      [{}, { error: 'name is missing, scopes is missing' }],
      [{ name: 'n', scopes: ['push'] }, { error: 'scopes does not have a valid value' }],
      [{ name: 'n', scopes: [] }, { message: "Scopes can't be blank" }],
      [{ name: 'n', scopes: ['read_registry'], expires_at: 'soon' }, { error: 'expires_at is invalid' }],
      [
        { name: 'n', scopes: ['read_registry'], username: 'a b' },
        { message: "Username can contain only letters, digits, '_', '-', '+', and '.'" },
      ],
    ];
    for (const [body, expected] of table) {
      const answer = await call('POST', `${shop}/deploy_tokens`, { token: maintainer, body });
      expect([answer.status, answer.body]).toEqual([400, expected]);
    }
    expect(gitlab.deployTokens).toHaveLength(0);
  });

  it('expire for the login at the instant, for the API a day later', async () => {
    const { project, maintainer } = team();
    const token = gitlab.addDeployToken(project, { name: 'n', scopes: ['read_registry'], expiresAt: '2026-08-05' });
    expect(await granted([token.username, token.token])).toMatch(/^401 HTTP Basic: Access denied/);
    const shown = async () => (await call('GET', `${shop}/deploy_tokens/1`, { token: maintainer })).body;
    expect(await shown()).toMatchObject({ expired: false });
    advance(24 * 3600 * 1000);
    expect(await shown()).toMatchObject({ expired: true });
    expect((await call('GET', `${shop}/deploy_tokens?active=true`, { token: maintainer })).body).toEqual([]);
    expect((await call('GET', `${shop}/deploy_tokens?active=false`, { token: maintainer })).body).toHaveLength(1);
  });
});

describe('variables', () => {
  it('follow the rules of scopes', async () => {
    const { maintainer } = team();
    const path = `${shop}/variables`;
    const send = (method: string, at: string, body?: unknown) => call(method, at, { token: maintainer, body });
    const entity = { key: 'LOGIN', value: 'one', environment_scope: '*', masked: false, hidden: false, raw: false };
    expect(await send('POST', path, { key: 'LOGIN', value: 'one' })).toMatchObject({ status: 201, body: entity });
    expect(await send('POST', path, { key: 'LOGIN', value: 'two' })).toMatchObject({
      status: 400,
      body: { message: { key: ['(LOGIN) has already been taken'] } },
    });
    await send('POST', path, { key: 'LOGIN', value: 'prod', environment_scope: 'production' });
    expect(await send('GET', `${path}/LOGIN`)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('There are multiple variables with provided parameters.') },
    });
    expect(await send('GET', `${path}/LOGIN?filter[environment_scope]=production`)).toMatchObject({
      body: { value: 'prod' },
    });
    const filter = { environment_scope: 'production' };
    expect(await send('PUT', `${path}/LOGIN`, { value: 'new', filter, environment_scope: 'live' })).toMatchObject({
      status: 200,
      body: { value: 'new', environment_scope: 'live' },
    });
    expect(
      await send('PUT', `${path}/LOGIN?filter%5Benvironment_scope%5D=live`, { environment_scope: '*' }),
    ).toMatchObject({ status: 400 });
    expect(await send('DELETE', `${path}/LOGIN?filter[environment_scope]=live`)).toMatchObject({ status: 204 });
    expect(await send('DELETE', `${path}/LOGIN?filter[environment_scope]=live`)).toMatchObject({
      status: 404,
      body: { message: '404 Variable Not Found' },
    });
    expect(await send('DELETE', `${path}/LOGIN`)).toMatchObject({ status: 204 });
  });

  it('are validated', async () => {
    const { maintainer } = team();
    const invalid = { message: { value: ['is invalid'] } };
    const table: [Record<string, unknown>, number, unknown][] = [
      [{ value: 'x' }, 400, { error: 'key is missing' }],
      [{ key: 'A', value: 'short', masked: true }, 400, invalid],
      [{ key: 'A', value: 'with space', masked: true, raw: true }, 400, invalid],
      [{ key: 'A', value: 'dollar$dollar', masked: true }, 400, invalid],
      [{ key: 'B', value: 'dollar$dollar', masked: true, raw: true }, 201, expect.anything()],
      [{ key: 'C', value: 'gldt-abcdefgh_-123', masked: true }, 201, expect.anything()],
      [{ key: 'A B', value: 'x' }, 400, { message: { key: ["can contain only letters, digits and '_'."] } }],
      [{ key: 'A', value: 'x', variable_type: 'dir' }, 400, { error: 'variable_type does not have a valid value' }],
      [
        { key: 'H', value: 'hidden-value', masked_and_hidden: true },
        201,
        expect.objectContaining({ hidden: true, value: null }),
      ],
    ];
    for (const [body, status, expected] of table) {
      const answer = await call('POST', `${shop}/variables`, { token: maintainer, body });
      expect([body, answer.status, answer.body]).toEqual([body, status, expected]);
    }
    const body = { value: 'other-hidden' };
    expect(await call('PUT', `${shop}/variables/H`, { token: maintainer, body })).toMatchObject({
      body: { value: null },
    });
    expect(gitlab.variables.find((one) => one.key === 'H')?.value).toBe('other-hidden');
  });

  it('of a group have no scopes without a licence', async () => {
    const { owner } = team();
    const body = { key: 'G', value: 'x', environment_scope: 'production' };
    const path = '/api/v4/groups/acme%2Fweb/variables';
    expect(await call('POST', path, { token: owner, body })).toMatchObject({ body: { environment_scope: '*' } });
    gitlab.settings.premium = true;
    expect(await call('POST', path, { token: owner, body })).toMatchObject({
      body: { environment_scope: 'production' },
    });
  });
});
