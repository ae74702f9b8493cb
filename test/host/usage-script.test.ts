import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { installedScript } from '../../src/host/script.js';
import { boundaryOf } from '../../src/host/snapshot.js';
import { parseUsage, type Usage } from '../../src/host/usage.js';
import { usageScript } from '../../src/host/usage-script.js';
import type { RecordedRequest } from '../lab/gitlab/double.js';
import { accessLine } from '../lab/host/gitlab-logs.js';
import { run } from '../lab/host/process.js';

/** The real script, run by the real sh and awk over logs as GitLab's package writes them. */

const START = Date.parse('2026-08-05T08:00:00Z');
const MIN = 60_000;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'usage-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function log(name: string, ...lines: string[]): Promise<string> {
  return file(name, lines.map((one) => `${one}\n`).join(''));
}

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(root, 'var/log/gitlab', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function output(script = usageScript(), args = ['-s'], more: Record<string, string> = {}): Promise<string> {
  const env = { ...more, REGISTRAR_ROOT: root, PATH: process.env.PATH ?? '' };
  const { stdout, stderr, code } = await run('sh', args, { input: script, env });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout;
}

async function look(...how: Parameters<typeof output>): Promise<Usage> {
  const stdout = await output(...how);
  const usage = parseUsage(stdout, boundaryOf(stdout) ?? 'none');
  if (usage === undefined) throw new Error(stdout);
  return usage;
}

/** A line of nginx's; `minutes` after the start. */
function line(
  minutes: number,
  more: { login?: string; query?: string; status?: number; address?: string; path?: string } = {},
): string {
  const { login, query = '', status = 200, address = '10.2.3.4', path = '/jwt/auth' } = more;
  const request: RecordedRequest = {
    ...{ method: 'GET', path: `${path}?${query}&service=container_registry`, at: 0, authenticated: true },
    ...{ userAgent: 'docker/28 "GET /jwt/auth?account=ua HTTP/1.1" 200', state: 'answered', address, login, status },
  };
  return accessLine(request, 12, START + minutes * MIN);
}

const PULL = 'scope=repository%3Ashop%2Fpush%3Apull';
const PUSH = 'scope=repository%3Ashop%2Fapi%3Apull%2Cpush';
const use = { account: 'gitlab+deploy-token-7', address: '10.2.3.4', source: 'access', refused: false };

describe('GitLab’s access log', () => {
  test('tells who logged in, from where, for what, how often, first and last', async () => {
    const login = 'gitlab+deploy-token-7';
    await log(
      'nginx/gitlab_access.log',
      line(0, { path: '/shop/api' }),
      line(5, { login, query: PULL }),
      line(10, { login, query: PULL }),
      line(15, { login, query: PULL }),
      line(20, { login, query: `account=x&${PUSH}` }),
      line(21, { login, query: 'scope=repository:shop/a:pull+repository:shop/b:push,delete' }),
      line(22, { login, address: '10.2.3.5' }),
      line(23, { login, status: 401 }),
      line(24, { login: 'gitlab-ci-token', query: PUSH }),
      line(25, { query: PULL }),
      line(26, { login: 'bob', path: '/api/v4/projects' }),
      line(27, { login: 'bob', path: '/api/v4/x', query: 'a=/jwt/auth' }),
    );
    const { uses, logs } = await look();
    expect(logs).toEqual([{ source: 'access', from: undefined }]);
    const at = (first: number, last = first) => ({ first: START + first * MIN, last: START + last * MIN });
    expect(uses.sort((a, b) => a.first - b.first)).toEqual([
      { ...use, actions: ['pull'], count: 3, ...at(5, 15) },
      { ...use, actions: ['pull', 'push'], count: 1, ...at(20) },
      { ...use, actions: ['pull', 'push', 'delete'], count: 1, ...at(21) },
      { ...use, address: '10.2.3.5', actions: ['login'], count: 1, ...at(22) },
      { ...use, actions: ['login'], count: 1, refused: true, ...at(23) },
    ]);
  });

  test('takes the account of the query where no name stands in the log, and knows GitLab below a path', async () => {
    await log(
      'nginx/gitlab_access.log',
      line(0, { query: `account=gitlab%2Bdeploy-token-7&${PULL}` }),
      line(1, { login: 'gitlab+deploy-token-7', query: PULL, path: '/gitlab/jwt/auth' }),
    );
    expect((await look()).uses).toEqual([{ ...use, actions: ['pull'], count: 2, first: START, last: START + MIN }]);
  });

  test('times count by the zone that they are written in', async () => {
    const written = line(0, { login: 'a' }).replace('08:00:00 +0000', '13:45:00 +0545');
    await log('nginx/gitlab_access.log', written);
    const { uses } = await look(undefined, undefined, { TZ: 'Asia/Kathmandu', LC_ALL: 'de_DE.UTF-8' });
    expect(uses).toMatchObject([{ first: START, last: START }]);
  });

  test('reads on in what was rotated away, packed or not, unless that is long ago', async () => {
    const older = [line(0, { login: 'lost' }), line(1, { login: 'old' }), line(2, { login: 'a' })].join('\n');
    await file('nginx/gitlab_access.log.1.gz', gzipSync(`${older}\n`));
    await log('nginx/gitlab_access.log', line(9, { login: 'a' }));
    const rotated = await look();
    expect(rotated.logs).toEqual([{ source: 'access', from: START + MIN }]);
    expect(rotated.uses).toMatchObject([{ account: 'a', count: 2, first: START + 2 * MIN }, { account: 'old' }]);

    const path = await log('nginx/gitlab_access.log.1', line(3, { login: 'x' }), line(4, { login: 'y' }));
    expect((await look()).uses.map(({ account }) => account).sort()).toEqual(['a', 'old', 'y']);
    const longAgo = Date.now() / 1000 - 5 * 86_400;
    for (const one of [path, `${path}.gz`]) await utimes(one, longAgo, longAgo);
    const young = await look();
    expect(young.uses).toMatchObject([{ account: 'a', count: 1 }]);
    expect(young.logs).toEqual([{ source: 'access', from: START + 9 * MIN }]);
  });

  test('what looks like a secret is not told', async () => {
    const secret = `glpat-${'x'.repeat(20)}`;
    await log(
      'nginx/gitlab_access.log',
      line(0, { login: secret }),
      line(1, { query: `account=gldt%2D${'y'.repeat(20)}` }),
      line(2, { login: 'a', query: `account=${secret}&private_token=${secret}` }),
    );
    await log(
      'gitlab-rails/auth_json.log',
      JSON.stringify({ time: '2026-08-05T08:00:00.000Z', message: 'JWT authentication failed', http_user: secret }),
    );
    const stdout = await output();
    expect(stdout).not.toMatch(/x{20}|y{20}/);
    expect(
      parseUsage(stdout, boundaryOf(stdout) ?? '')
        ?.uses.map(({ account }) => account)
        .sort(),
    ).toEqual([...['***', '***', 'a']]);
  });

  test('is bounded: the addresses of one account, and those that were let in before strangers', async () => {
    const lines: string[] = [];
    for (let i = 0; i < 300; i++) lines.push(line(i, { login: 'cluster', address: `10.0.${i >> 8}.${i & 255}` }));
    for (let i = 0; i < 600; i++) lines.push(line(300 + i, { login: `user${i}` }));
    for (let i = 0; i < 6_000; i++) lines.push(line(i / 10, { login: `${i}${'s'.repeat(240)}`, status: 401 }));
    await log('nginx/gitlab_access.log', ...lines);
    const stdout = await output();
    expect(stdout.length).toBeLessThan(64 * 1024);
    const usage = parseUsage(stdout, boundaryOf(stdout) ?? '');
    const { uses = [], untold } = usage ?? {};
    expect(uses.length).toBeLessThanOrEqual(500);
    expect(uses.some(({ refused }) => refused)).toBe(false);
    const told = uses.map(({ account }) => account);
    expect(told).toContain('user599');
    // The oldest are left out, and it is said when the last of them was seen.
    expect(untold).toBe(START + (300 + 599 - uses.length) * MIN);

    await log('nginx/gitlab_access.log', ...lines.slice(0, 300));
    const cluster = await look();
    expect(cluster.untold).toBeUndefined();
    expect(cluster.uses).toHaveLength(21);
    expect(cluster.uses.find(({ address }) => address === 'other addresses')).toMatchObject({ count: 280 });
  });

  test('hostile names come out as they went in, and nothing is run', async () => {
    const hostile = fc.oneof(
      fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
      fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'a\'"`$();|&<>\\\n\t\r [] {}*#%+-\u202e') }),
      fc.constantFrom(
        ...['$(touch WITNESS)', '`touch WITNESS`', "'; touch WITNESS; '", '<script>', '%0a%0d', '\\x41'],
        ...['a [05/Aug/2026:08:00:00 +0000] "GET /jwt/auth?account=b HTTP/1.1" 200', 'registrar-0 end', 'a\n0\t0\tall'],
      ),
    );
    const told = (name: string) => name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd').slice(0, 255);
    const wellFormed = hostile
      .map((name) => Buffer.from(name).toString().replaceAll('WITNESS', join(root, 'witness')))
      .filter((name) => !/gl[a-z]+-/.test(name) && name !== 'gitlab-ci-token' && !name.includes(':'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(wellFormed, { minLength: 1, maxLength: 10 }), async (names) => {
        await log('nginx/gitlab_access.log', ...names.map((login) => line(0, { login })));
        const basic = (await look()).uses.filter(({ account }) => account !== '');
        const expected = names.filter((name) => name !== '-').map(told);
        expect(new Set(basic.map(({ account }) => account))).toEqual(new Set(expected));
        await log(
          'nginx/gitlab_access.log',
          ...names.map((login) => line(0, { query: `account=${encodeURIComponent(login)}` })),
        );
        expect(new Set((await look()).uses.map(({ account }) => account))).toEqual(new Set(expected));
      }),
      { numRuns: 20 },
    );
    expect((await run('ls', [join(root, 'witness')])).code).not.toBe(0);
  });
});

describe('auth_json.log', () => {
  const entry = (minutes: number, more: object) =>
    JSON.stringify({ severity: 'WARN', time: new Date(START + minutes * MIN).toISOString(), ...more });

  test('tells of failed logins, and of those that asked for more than they may', async () => {
    await log(
      'gitlab-rails/auth_json.log',
      entry(0, { message: 'Rack_Attack', remote_ip: '10.0.0.9' }),
      entry(1, { message: 'JWT authentication failed', http_user: 'a"b\\ü', remote_ip: '10.0.0.9' }),
      entry(2, {
        ...{ message: 'Denied container registry permissions', requested_actions: ['push', 'pull'] },
        ...{ authorized_actions: ['delete'], username: 'project_1_bot_x', 'meta.remote_ip': '10.0.0.8' },
      }),
      entry(3, { message: 'x JWT authentication failed', http_user: 'nobody', remote_ip: '10.0.0.9' }),
    );
    const { uses, logs } = await look();
    expect(logs).toEqual([{ source: 'auth', from: undefined }]);
    const at = (minutes: number) => ({ count: 1, first: START + minutes * MIN, last: START + minutes * MIN });
    expect(uses).toEqual([
      {
        ...{ account: 'project_1_bot_x', address: '10.0.0.8', actions: ['pull', 'push'], refused: false },
        ...{ source: 'auth', ...at(2) },
      },
      { account: 'a"b\\ü', address: '10.0.0.9', actions: ['login'], refused: true, source: 'auth', ...at(1) },
    ]);
  });
});

describe('the registry’s log', () => {
  const bot = { account: 'project_1_bot_x', address: '10.0.0.8', source: 'registry', refused: false };

  test('as distribution writes it, each request once', async () => {
    const said = (what: string, more = '') =>
      `2026-08-05_08:00:00.12345 time="2026-08-05T08:00:00.12Z" level=info msg="${what}" ` +
      `auth.user.name="project_1_bot_x" http.request.method=GET http.request.remoteaddr="10.0.0.8:4444" ` +
      `http.request.uri="/v2/shop/api/manifests/1" http.request.useragent="x auth.user.name=evil"${more}`;
    await log(
      'registry/current',
      '2026-08-05_07:00:00.00000 time="2026-08-05T07:00:00Z" level=info msg=start',
      said('authorized request'),
      said('response completed', ' http.response.status=200'),
      said('authorized request').replaceAll('"project_1_bot_x"', '""'),
      said('authorized request').replaceAll('auth.user.name="project_1_bot_x" ', ''),
    );
    const { uses, logs } = await look();
    expect(logs).toEqual([{ source: 'registry', from: undefined }]);
    expect(uses).toEqual([{ ...bot, actions: ['pull'], count: 1, first: START + 123, last: START + 123 }]);
  });

  test('as GitLab’s registry writes it, in JSON; and what svlogd rotated away', async () => {
    const said = (minutes: number, more: object) => {
      const time = new Date(START + minutes * MIN).toISOString();
      const fields = { auth_user_name: 'project_1_bot_x', level: 'info', msg: 'access', remote_addr: '127.0.0.1:1' };
      const prefix = `${time.slice(0, 10)}_${time.slice(11, 19)}.00000`;
      return `${prefix} ${JSON.stringify({ ...fields, remote_ip: '10.0.0.8', time, ...more })}\n`;
    };
    const pull = { method: 'GET', status: 200, uri: '/v2/shop/api/blobs/sha256:1' };
    await file('registry/@400000006a.s', gzipSync(said(0, pull) + said(1, pull)));
    await file('registry/@400000006b.s', said(2, pull) + said(3, pull));
    await file(
      'registry/current',
      said(4, { ...pull, method: 'PUT', status: 201, uri: '/v2/shop/api/manifests/1' }) +
        said(5, { ...pull, status: 403 }) +
        said(6, { ...pull, uri: '/v2/' }),
    );
    const at = (first: number, last = first) => ({ first: START + first * MIN, last: START + last * MIN });
    const { uses, logs } = await look();
    expect(logs).toEqual([{ source: 'registry', from: START + MIN }]);
    expect(uses.sort((a, b) => a.first - b.first)).toEqual([
      { ...bot, actions: ['pull'], count: 2, ...at(1, 3) },
      { ...bot, actions: ['push'], count: 1, ...at(4) },
      { ...bot, actions: ['pull'], count: 1, refused: true, ...at(5) },
      { ...bot, actions: ['login'], count: 1, ...at(6) },
    ]);
  });
});

test('logs that are not there are not told of; empty ones are', async () => {
  expect(await look()).toEqual({ uses: [], logs: [] });
  await log('nginx/gitlab_access.log');
  expect(await look()).toEqual({ uses: [], logs: [{ source: 'access', from: undefined }] });
});

test('the installed script tells the same, whatever else it is asked', async () => {
  await log('nginx/gitlab_access.log', line(0, { login: 'a', query: PUSH }));
  const installed = join(root, 'registrar-look');
  await writeFile(installed, installedScript());
  const sent = await look();
  expect(sent.uses).toHaveLength(1);
  expect(await look('set -- usage\nrm -rf /nothing\n', [installed])).toEqual(sent);
  expect(await look('set -- usage $(touch x)', [installed])).toEqual(sent);
});
