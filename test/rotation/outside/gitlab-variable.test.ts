import type { GitLabConsumer } from '../../../src/config/rotation.js';
import type { DeclaredConsumer } from '../../../src/rotation/outside/consumer.js';
import { otherGitLab } from '../../../src/rotation/outside/gitlab-variable.js';
import { type GitLabDouble, startGitLab } from '../../lab/gitlab/double.js';
import { makeSigningPair, type SigningPair } from '../../lab/gitlab/keys.js';
import type { Holder, PersonalToken, Project, User, Variable } from '../../lab/gitlab/model.js';
import { failureOf } from './failure.js';

const HOST = 'registry.example.com:5050';
const old = { username: 'pull', token: 'old-secret-of-ours', registryHost: HOST };
const fresh = { username: 'pull-2', token: 'new-secret-of-ours', registryHost: HOST };
const auth = ({ username, token }: { username: string; token: string }) =>
  Buffer.from(`${username}:${token}`).toString('base64');
const hub = { auth: auth({ username: 'hub', token: 'hub-secret' }) };

let pair: SigningPair;
let other: GitLabDouble;
let bot: User;
let access: PersonalToken;
let project: Project;
let consumer: DeclaredConsumer;

const open = (declared: Partial<GitLabConsumer> = {}, token = access.token) =>
  otherGitLab(
    {
      url: other.url,
      token: 'env:T',
      project: 'apps/deploy',
      username: 'R_USER',
      password: 'R_TOKEN',
      scope: '*',
      ...declared,
    },
    { registryHost: HOST, secret: () => token },
  );
const add = (key: string, value: string, more: Partial<Variable> = {}, holder: Holder = project) =>
  other.addVariable(holder, { key, value, ...more });
const value = (key: string, scope = '*') => other.findVariable(project, key, scope)?.value;
const updates = () => other.requests.filter(({ method }) => method === 'PUT').length;

beforeAll(async () => {
  pair = await makeSigningPair();
});
beforeEach(async () => {
  other = await startGitLab({ signingKeyPem: pair.keyPem, certificatePem: pair.certificatePem });
  bot = other.addUser({ username: 'registrar' });
  project = other.addProject('apps/deploy');
  other.addMember(project, bot, 40);
  access = other.addPersonalToken(bot, { scopes: ['api'] });
  add('R_USER', old.username, { protected: true, raw: true, description: 'ours' });
  add('R_TOKEN', old.token, { masked: true, variable_type: 'file' });
  add('UNRELATED', 'kept');
  consumer = open();
});
afterEach(() => other.stop());

describe('write', () => {
  test('changes the values, and keeps every flag', async () => {
    const flags = () => other.variables.map(({ value: _, ...rest }) => rest);
    const before = flags();
    await consumer.write(fresh);
    expect([value('R_USER'), value('R_TOKEN'), value('UNRELATED')]).toEqual(['pull-2', fresh.token, 'kept']);
    expect(flags()).toEqual(before);
  });

  test('twice is once, and what is right already is not written', async () => {
    await consumer.write({ ...fresh, username: old.username });
    await consumer.write({ ...fresh, username: old.username });
    expect(updates()).toBe(1);
  });

  test('of a docker configuration, the entry of our host', async () => {
    const auths = { hub, [HOST]: { auth: auth(old) } };
    add('DOCKER_AUTH_CONFIG', JSON.stringify({ auths, credHelpers: {} }));
    const docker = open({ username: undefined, password: undefined, dockerConfig: 'DOCKER_AUTH_CONFIG' });
    const before = await docker.read();
    expect(await docker.holds(old)).toBe(true);
    await docker.write(fresh);
    expect(await docker.holds(fresh)).toBe(true);
    expect(JSON.parse(value('DOCKER_AUTH_CONFIG') ?? '')).toMatchObject({
      auths: { hub, [HOST]: { auth: auth(fresh) } },
      credHelpers: {},
    });
    await docker.restore(before, undefined);
    expect(JSON.parse(value('DOCKER_AUTH_CONFIG') ?? '')).toEqual({ auths, credHelpers: {} });
  });

  test('a scope’s own variables, and a group’s', async () => {
    add('R_TOKEN', old.token, { environment_scope: 'production' });
    await open({ scope: 'production', username: undefined }).write(fresh);
    expect([value('R_TOKEN'), value('R_TOKEN', 'production')]).toEqual([old.token, fresh.token]);
    other.addMember(project.group, bot, 50);
    add('R_TOKEN', old.token, {}, project.group);
    const group = open({ project: undefined, group: 'apps', username: undefined });
    await group.write(fresh);
    expect(other.findVariable(project.group, 'R_TOKEN')?.value).toBe(fresh.token);
    expect(await group.holds(fresh)).toBe(true);
  });

  test('a variable that is missing: nothing is written', async () => {
    const { forPerson } = await failureOf(open({ password: 'NONE' }).write(fresh));
    expect(forPerson).toMatchObject({
      what: expect.stringContaining('the variable NONE is not there'),
      next: expect.stringContaining(`glab variable set NONE TOKEN -R ${other.url}/apps/deploy --scope '*' --masked`),
    });
    expect(updates()).toBe(0);
  });

  test('killed between two variables, it is asked for again', async () => {
    other.cutAfter('PUT /api/v4/projects/*/variables/R_USER');
    expect(await failureOf(consumer.write(fresh))).toMatchObject({
      code: 'outside-unreachable',
      retry: { afterMs: expect.any(Number) },
    });
    expect([value('R_USER'), value('R_TOKEN'), await consumer.holds(fresh)]).toEqual(['pull-2', old.token, false]);
    await consumer.write(fresh);
    expect(await consumer.holds(fresh)).toBe(true);
  });
});

describe('holds', () => {
  test('the login that is there, and no other', async () => {
    expect(await consumer.holds(old)).toBe(true);
    expect(await consumer.holds({ ...old, username: 'x' })).toBe(false);
    expect(await consumer.holds({ ...old, token: 'x' })).toBe(false);
  });

  test('a hidden variable is not known, unless what can be seen is another login’s', async () => {
    add('HIDDEN', old.token, { hidden: true, masked: true });
    const hidden = open({ password: 'HIDDEN' });
    expect(await hidden.holds(old)).toBe('unknown');
    expect(await hidden.holds(fresh)).toBe(false);
  });
});

describe('restore', () => {
  test('gives back what was read, also by another process', async () => {
    const before = await consumer.read();
    await consumer.write(fresh);
    expect(await open().restore(before, undefined)).toBe(true);
    expect(await consumer.holds(old)).toBe(true);
  });

  test('with a hidden variable only the old login helps', async () => {
    add('HIDDEN', old.token, { hidden: true, masked: true });
    const hidden = open({ password: 'HIDDEN' });
    expect(await hidden.read()).toBeUndefined();
    await hidden.write(fresh);
    expect(await hidden.restore(undefined, undefined)).toBe(false);
    expect([value('R_USER'), value('HIDDEN')]).toEqual(['pull-2', fresh.token]);
    expect(await hidden.restore(undefined, old)).toBe(true);
    expect([value('R_USER'), value('HIDDEN')]).toEqual(['pull', old.token]);
  });

  test('a variable that was declared since is left as it is', async () => {
    const before = await open({ username: undefined }).read();
    await consumer.write(fresh);
    await consumer.restore(before, undefined);
    expect([value('R_USER'), value('R_TOKEN')]).toEqual(['pull-2', old.token]);
  });
});

describe('failures', () => {
  const everyMethod = [
    ['read', () => consumer.read()],
    ['write', () => consumer.write(fresh)],
    ['holds', () => consumer.holds(fresh)],
    ['restore', () => consumer.restore('{"R_USER":"a"}', old)],
    ['check', () => consumer.check()],
  ] as const;

  test.each(everyMethod)('%s: another GitLab that is away may come back', async (_, call) => {
    await other.pause();
    expect(await failureOf(call())).toMatchObject({
      part: 'outside',
      code: 'outside-unreachable',
      retry: { afterMs: expect.any(Number) },
      forPerson: { what: expect.stringMatching(/^R_USER, R_TOKEN of apps\/deploy at /) },
    });
  });

  test.each(everyMethod)('%s: a token that is not in force; the words are about the other GitLab', async (_, call) => {
    access.revoked = true;
    const failure = await failureOf(call());
    expect(failure).toMatchObject({ part: 'outside', code: 'outside-refused', retry: 'never', status: 401 });
    expect(failure.forPerson.next).toContain(`${other.url}/-/user_settings/personal_access_tokens`);
  });

  test.each(everyMethod)('%s: a path that is not there', async (_, call) => {
    consumer = open({ project: 'apps/none' });
    expect((await failureOf(call())).forPerson.what).toContain('there is no such project');
    consumer = open({ project: undefined, group: 'none' });
    expect((await failureOf(call())).forPerson.what).toContain('there is no such group');
    expect(updates()).toBe(0);
  });

  test('a role that is too low', async () => {
    const low = other.addUser({ username: 'low' });
    other.addMember(project, low, 30);
    const { token } = other.addPersonalToken(low, { scopes: ['api'] });
    const { forPerson } = await failureOf(open({}, token).write(fresh));
    expect(forPerson.next).toContain(`Maintainer at ${other.url}/apps/deploy/-/project_members`);
  });

  test('a limit of requests is waited out', async () => {
    other.fail('GET /api/v4/projects/*/variables', 429, 1, { headers: { 'retry-after': '9' } });
    expect(await failureOf(consumer.write(fresh))).toMatchObject({ retry: { afterMs: 9_000 } });
  });

  test('a value that GitLab does not take; nothing that was sent is in the error', async () => {
    const short = { ...fresh, token: 'a b c d e f' };
    const body = JSON.stringify({ message: { value: [`${short.token} is invalid for ${access.token}`] } });
    other.fail('PUT /api/v4/projects/*/variables/R_TOKEN', 400, 1, { body });
    const failure = await failureOf(consumer.write(short));
    expect(failure).toMatchObject({ code: 'outside-failed', retry: 'never' });
    expect(failure.forPerson.why).toContain('is invalid');
    for (const secret of [short.token, access.token]) expect(JSON.stringify(failure.forPerson)).not.toContain(secret);
  });

  test.each([
    ['holds no docker configuration', { value: 'x' }],
    ['is hidden', { value: '{"auths":{}}', hidden: true }],
  ])('a docker configuration that %s', async (why, { value: text, ...more }) => {
    add('CONFIG', text, more);
    const docker = open({ username: undefined, password: undefined, dockerConfig: 'CONFIG' });
    for (const call of [docker.write(fresh), docker.check()])
      expect((await failureOf(call)).forPerson.why).toContain(why);
    expect(updates()).toBe(0);
  });
});

describe('check', () => {
  test('says what is there, and changes nothing', async () => {
    add('HIDDEN', old.token, { hidden: true, masked: true });
    expect(await consumer.check()).toBe('the variables are there');
    expect(await open({ username: undefined, password: 'HIDDEN' }).check()).toBe(
      'the variable is there; hidden, so that it can’t be read back: HIDDEN',
    );
    expect(updates()).toBe(0);
  });

  test('a token that can only read', async () => {
    const { token } = other.addPersonalToken(bot, { scopes: ['read_api'] });
    expect((await failureOf(open({}, token).check())).forPerson.why).toContain('read_api, not api');
  });
});
