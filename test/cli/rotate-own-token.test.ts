import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { rotateOwnTokenCommand } from '../../src/cli/rotate-own-token.js';
import { type GitLabDouble, type PersonalToken, startGitLab } from '../lab/gitlab/double.js';
import { makeSigningPair } from '../lab/gitlab/keys.js';

let dir: string;
let gitlab: GitLabDouble;
let old: PersonalToken;
let path: string;

beforeAll(async () => {
  const { keyPem: signingKeyPem, certificatePem } = await makeSigningPair();
  gitlab = await startGitLab({ signingKeyPem, certificatePem });
});
afterAll(() => gitlab.stop());

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rotate-own-'));
  path = join(dir, 'registrar.yaml');
  const bot = gitlab.addUser({ username: `registrar-${gitlab.users.length}`, admin: true });
  await use(gitlab.addPersonalToken(bot, { name: 'registrar', scopes: ['api'], expiresAt: '2099-01-01' }));
});
afterEach(async () => {
  gitlab.clearFaults();
  delete process.env.OWN_TOKEN;
  await rm(dir, { recursive: true, force: true });
});

async function use(token: PersonalToken, reference = 'file:token'): Promise<void> {
  old = token;
  process.env.OWN_TOKEN = token.token;
  await writeFile(join(dir, 'token'), token.token, { mode: 0o600 });
  await writeFile(
    path,
    `dataDir: data
instances:
  - name: main
    gitlab: { url: "${gitlab.url}", token: "${reference}" }
    registry: { url: https://registry.example.com }
`,
  );
}

async function run(options: { yes?: boolean } = {}) {
  const printed: string[] = [];
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((words) => {
    printed.push(String(words));
    return true;
  });
  try {
    const code = await rotateOwnTokenCommand(path, undefined, { ...options, jobsMs: 0 });
    return { code, printed: printed.join('') };
  } finally {
    spy.mockRestore();
  }
}

const held = () => readFile(join(dir, 'token'), 'utf8');
const inForce = () => gitlab.personalTokens.filter(({ user, revoked }) => user === old.user && !revoked);

test('without --yes it says what it would do, and does nothing', async () => {
  const { code, printed } = await run();
  expect(code).toBe(0);
  expect(printed).toMatch(new RegExp(`main: token ${old.id} would be replaced`));
  expect(printed).toContain('2099-01-01');
  expect([await held(), inForce()]).toEqual([old.token, [old]]);
});

test('with it the file holds a new token, the old one is revoked, and no secret is printed', async () => {
  const { code, printed } = await run({ yes: true });
  const [fresh, ...others] = inForce();
  expect([code, others]).toEqual([0, []]);
  expect(fresh?.id).not.toBe(old.id);
  expect(await held()).toBe(`${fresh?.token}\n`);
  expect(printed).toContain(`token ${fresh?.id} is in use, and ${old.id} is revoked and seen refused`);
  for (const secret of [old.token, fresh?.token]) expect(printed).not.toContain(secret);
});

test('one that was interrupted is told, and gone on with', async () => {
  gitlab.cutAfter('POST /api/v4/users/*/personal_access_tokens');
  await expect(run({ yes: true })).rejects.toMatchObject({ code: 'gitlab-unreachable' });
  expect(inForce()).toHaveLength(2);
  expect(await run()).toEqual({ code: 0, printed: expect.stringContaining('was interrupted') });
  expect((await run({ yes: true })).code).toBe(0);
  expect(inForce()).toHaveLength(1);
  expect((await held()).trim()).toBe(inForce()[0]?.token);
});

describe('where a person has to do it, step by step', () => {
  test('a token in the environment', async () => {
    await use(old, 'env:OWN_TOKEN');
    const { code, printed } = await run({ yes: true });
    expect(code).toBe(1);
    expect(printed).toContain('no running process takes anew');
    expect(printed).toContain(
      `${gitlab.url}/-/user_settings/personal_access_tokens, signed in as ${old.user.username}`,
    );
    expect(printed).toContain('put it into OWN_TOKEN');
    expect(printed).toContain(`revoke registrar (number ${old.id})`);
  });

  test('a user that is no administrator', async () => {
    old.user.admin = false;
    const { code, printed } = await run({ yes: true });
    expect(code).toBe(1);
    expect(printed).toContain('Only an administrator may make a token');
    expect(printed).toContain(`mv '${join(dir, 'token')}.new' '${join(dir, 'token')}'`);
  });

  test('an administrator in whose session Admin Mode is off', async () => {
    gitlab.fail('POST /api/v4/users/*/personal_access_tokens', 403, 1, { body: '{"message":"403 Forbidden"}' });
    const { code, printed } = await run({ yes: true });
    expect(code).toBe(1);
    expect(printed).toContain('403 Forbidden');
    expect(printed).toContain('admin_mode');
    expect([(await held()).trim(), inForce()]).toEqual([old.token, [old]]);
  });

  test.each([
    ['project', 'own/api/-/settings/access_tokens'],
    ['group', 'groups/own/-/settings/access_tokens'],
  ] as const)('the token of a %s', async (kind, page) => {
    const project = gitlab.findProject('own/api') ?? gitlab.addProject('own/api');
    const holder = kind === 'project' ? project : project.group;
    await use(gitlab.addAccessToken(holder, { name: 'registrar', scopes: ['api'], level: 50 }));
    const { code, printed } = await run({ yes: true });
    expect(code).toBe(1);
    expect(printed).toContain(`It is a token of a ${kind}, and GitLab lets none of those make another one`);
    expect(printed).toContain(`${gitlab.url}/${page}`);
    expect(inForce()).toEqual([old]);
  });
});

test('a dead token, and a file that everybody may read', async () => {
  await chmod(join(dir, 'token'), 0o644);
  await expect(run({ yes: true })).rejects.toMatchObject({ code: 'not-allowed' });
  await chmod(join(dir, 'token'), 0o600);
  old.revoked = true;
  await expect(run({ yes: true })).rejects.toMatchObject({ code: 'gitlab-refused' });
});

test('two at once are one: the other one waits to be run again', async () => {
  const gate = gitlab.delayNext('POST /api/v4/users/*/personal_access_tokens');
  const first = run({ yes: true });
  await gate.arrived;
  await expect(rotateOwnTokenCommand(path, undefined, { yes: true })).rejects.toMatchObject({ code: 'ambiguous' });
  gate.release();
  expect((await first).code).toBe(0);
  expect(inForce()).toHaveLength(1);
});
