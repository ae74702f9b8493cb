import { createPublicKey, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import {
  advance,
  ask,
  call,
  errors,
  gitlab,
  granted,
  type Login,
  now,
  pair,
  shop,
  team,
  tokenOf,
  useGitLab,
} from './bench.js';
import { libtrustKeyId } from './keys.js';

useGitLab();

describe('the token endpoint', () => {
  const image = 'repository:acme/web/shop/app';

  it('signs what the registry checks', async () => {
    const { project, developer } = team();
    const answer = await ask(['anyone', developer], [`${image}:pull,push,delete`]);
    const key = createPublicKey(
      new X509Certificate(pair.certificatePem).publicKey.export({ type: 'spki', format: 'pem' }),
    );
    const { payload } = await jwtVerify(tokenOf(answer), key, { currentDate: new Date(now), issuer: 'gitlab-issuer' });
    expect(decodeProtectedHeader(tokenOf(answer))).toEqual({ alg: 'RS256', typ: 'JWT', kid: libtrustKeyId(key) });
    const seconds = now / 1000;
    expect(payload).toEqual({
      iss: 'gitlab-issuer',
      aud: 'container_registry',
      sub: 'developer',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: seconds,
      nbf: seconds - 5,
      exp: seconds + 300,
      auth_type: 'personal_access_token',
      user: expect.any(String),
      access: [
        {
          type: 'repository',
          name: 'acme/web/shop/app',
          actions: ['pull', 'push'],
          meta: { project_path: 'acme/web/shop', project_id: project.id, root_namespace_id: project.group.parent?.id },
        },
      ],
    });
    expect(gitlab.repositories.map((one) => one.path)).toEqual(['acme/web/shop/app']);
    gitlab.tokenTtlSeconds = 900;
    gitlab.clockSkewMs = -60_000;
    const later = decodeJwt(tokenOf(await ask(['anyone', developer])));
    expect([later.iat, later.exp]).toEqual([seconds - 60, seconds + 840]);
  });

  it('grants by role, kind of credentials and scope', async () => {
    const { project, ...tokens } = team();
    const open = gitlab.addProject('open/source', { visibility: 'public' });
    gitlab.addProject('open/closed', { visibility: 'public', registryAccess: 'private' });
    gitlab.addProject('open/off', { visibility: 'public', registryAccess: 'disabled' });
    const maintainer = gitlab.findUser('maintainer');
    if (!maintainer) throw new Error('no user');
    const pat = (...scopes: string[]): Login => ['x', gitlab.addPersonalToken(maintainer, { scopes }).token];
    const deploy = (holder: typeof project | typeof project.group, ...scopes: string[]): Login => {
      const { username, token } = gitlab.addDeployToken(holder, { name: 'n', scopes });
      return [username, token];
    };
    const job = gitlab.addJobToken(project, { user: maintainer });
    const both = `${image}:pull,push`;
    const table: [Login, string[], string][] = [
      [['guest', 'guest-password'], [both], ''],
      [['reporter', 'reporter-password'], [both], 'acme/web/shop/app:pull'],
      [['developer', 'developer-password'], [both], 'acme/web/shop/app:pull,push'],
      [['developer', 'developer-password'], [`${image}:delete,*`], ''],
      [['maintainer', 'maintainer-password'], [`${image}:delete,*`], 'acme/web/shop/app:delete,*'],
      [['any', tokens.outsider], [both], ''],
      [['any', tokens.admin], [both, 'registry:catalog:*'], 'acme/web/shop/app:pull,push catalog:*'],
      [pat('read_registry'), [both], 'acme/web/shop/app:pull'],
      [pat('read_registry', 'write_registry'), [both], 'acme/web/shop/app:pull,push'],
      [pat('read_api'), [], '403 access forbidden'],
      [deploy(project, 'read_registry'), [both], 'acme/web/shop/app:pull'],
      [deploy(project, 'read_registry', 'write_registry'), [both], 'acme/web/shop/app:pull,push'],
      [deploy(project, 'write_registry'), [both], ''],
      [deploy(project, 'read_repository'), [both], '403 access forbidden'],
      [deploy(project.group, 'read_registry', 'write_registry'), [both], 'acme/web/shop/app:pull,push'],
      [deploy(open, 'read_registry', 'write_registry'), [both], ''],
      [deploy(project, 'read_registry'), ['repository:open/source:pull,push'], 'open/source:pull'],
      [['gitlab-ci-token', job.token], [both], 'acme/web/shop/app:pull,push'],
      [['gitlab-ci-token', job.token], ['repository:open/source:pull,push'], 'open/source:pull'],
      [undefined, ['repository:open/source:pull,push'], 'open/source:pull'],
      [undefined, ['repository:open/source:push'], '403 access forbidden'],
      [undefined, ['repository:open/closed:pull'], '403 access forbidden'],
      [undefined, ['repository:open/off:pull'], '403 access forbidden'],
      [undefined, [both], '403 access forbidden'],
      [undefined, [], '403 access forbidden'],
      [
        ['any', tokens.developer],
        [`${both} repository:open/source:pull`, 'repository:no/where:pull'],
        'acme/web/shop/app:pull,push open/source:pull',
      ],
      [['any', tokens.developer], ['repository:Acme/web/shop/a/b:pull'], 'Acme/web/shop/a/b:pull'],
      [['any', tokens.developer], ['repository:acme/web/shop/a/b/c:pull'], ''],
      [['any', tokens.developer], ['repository:acme/web/shop/a..b:pull'], ''],
      [['any', tokens.developer], ['repository:acme/web:pull'], ''],
      [['any', tokens.developer], [], ''],
    ];
    for (const [login, scopes, expected] of table) {
      expect([login, scopes, await granted(login, ...scopes)]).toEqual([login, scopes, expected]);
    }
    job.running = false;
    expect(await granted(['gitlab-ci-token', job.token], both)).toMatch(/^401/);
  });

  it('refuses wrong credentials', async () => {
    const { project, developer } = team();
    const pusher = gitlab.addDeployToken(project, { name: 'n', scopes: ['read_registry'], username: 'pusher' });
    const secure = gitlab.addUser({ username: 'secure', password: 'right', twoFactor: true });
    const blocked = gitlab.addUser({ username: 'blocked', password: 'right', blocked: true });
    const dead = gitlab.addPersonalToken(secure, { scopes: ['api'], expiresAt: '2026-08-05' }).token;
    const table: Login[] = [
      ['developer', 'wrong'],
      ['developer', ''],
      ['nobody', 'x'],
      ['not-pusher', pusher.token],
      ['pusher', 'gldt-wrong'],
      ['secure', 'right'],
      ['blocked', 'right'],
      ['x', dead],
      ['x', gitlab.addPersonalToken(blocked, { scopes: ['api'] }).token],
      ['gitlab-ci-token', developer.replace('glpat', 'glcbt')],
    ];
    for (const login of table) {
      expect(await ask(login)).toMatchObject({
        status: 401,
        body: errors('UNAUTHORIZED', expect.stringMatching(/^HTTP Basic: Access denied\. If a password was/)),
      });
    }
    pusher.revoked = true;
    expect(await granted(['pusher', pusher.token])).toMatch(/^401/);
  });

  it('answers the other refusals of the table', async () => {
    const { developer, maintainer, project } = team();
    const login: Login = ['x', developer];
    expect(await ask(login, [], 'other')).toMatchObject({ status: 404, text: '' });
    expect((await call('POST', '/jwt/auth?service=container_registry')).status).toBe(404);
    gitlab.addProtectionRule(project, 'acme/web/shop/pro*', { push: 'maintainer' });
    const forbidden = errors('DENIED', 'Pushing to protected repository path forbidden');
    const guarded = 'repository:acme/web/shop/prod:pull,push';
    expect(await ask(login, [guarded])).toMatchObject({ status: 403, body: forbidden });
    expect(await granted(login, 'repository:acme/web/shop/prod:pull')).toBe('acme/web/shop/prod:pull');
    expect(await granted(login, 'repository:acme/web/shop/dev:push')).toBe('acme/web/shop/dev:push');
    expect(await granted(['x', maintainer], guarded)).toBe('acme/web/shop/prod:pull,push');
    const robot = gitlab.addDeployToken(project, { name: 'n', scopes: ['read_registry', 'write_registry'] });
    expect(await granted([robot.username, robot.token], guarded)).toBe('acme/web/shop/prod:pull,push');
    gitlab.setRegistry(undefined);
    expect(await ask(login)).toMatchObject({ status: 404, body: errors('UNAVAILABLE', 'registry not enabled') });
    gitlab.ban('127.0.0.1', 60);
    const banned = await ask(login);
    expect([banned.status, banned.headers.get('content-type')]).toEqual([403, 'text/plain']);
    expect(banned.text).toMatch(/^Too many failed/);
    expect((await call('GET', '/api/v4/user', { token: developer })).status).toBe(200);
    advance(61_000);
    expect((await ask(login)).status).toBe(404);
  });

  it('bans after too many failures, a success resets', async () => {
    const { developer } = team();
    gitlab.setBanPolicy({ failures: 3, windowSeconds: 60, banSeconds: 3600 });
    const statuses: number[] = [];
    for (const password of ['a', 'b', developer, 'c', 'd', 'e', developer]) {
      statuses.push((await ask(['x', password])).status);
    }
    expect(statuses).toEqual([401, 401, 200, 401, 401, 401, 403]);
    expect(gitlab.isBanned('127.0.0.1')).toBe(true);
  });

  it('refuses deploy tokens of before a change of the URL, and keeps their records', async () => {
    const { project, maintainer } = team();
    const before = gitlab.addDeployToken(project, { name: 'n', scopes: ['read_registry'] });
    gitlab.changeRegistryUrl('https://new.example.com');
    const after = gitlab.addDeployToken(project, { name: 'n', scopes: ['read_registry'] });
    expect(await granted([before.username, before.token])).toMatch(/^401 HTTP Basic: Access denied/);
    expect(await granted([after.username, after.token])).toBe('');
    expect(await call('GET', `${shop}/deploy_tokens/${before.id}`, { token: maintainer })).toMatchObject({
      body: { revoked: false, expired: false },
    });
    expect(await call('GET', shop, { token: maintainer })).toMatchObject({
      body: { container_registry_image_prefix: 'new.example.com/acme/web/shop' },
    });
  });
});
