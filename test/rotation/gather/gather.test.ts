import { randomUUID } from 'node:crypto';
import { findOwner } from '../../../src/gitlab/find-owner.js';
import type { UrlHistory } from '../../../src/gitlab/url-history.js';
import { type OpenInstance, openInstance } from '../../../src/instance.js';
import { planRotation } from '../../../src/rotation/gather/gather.js';
import type { RotationPlan } from '../../../src/rotation/plan/plan.js';
import { matchTokens } from '../../../src/rotation/plan/token.js';
import { purposeOf } from '../../../src/rotation/step.js';
import { tokensOf } from '../../../src/rotation/tokens.js';
import type { Group, Holder, Project } from '../../lab/gitlab/double.js';
import { ANA, type Bench, startBench } from '../bench.js';
import { basic } from '../plan-of.js';

/** What a plan finds in the lab's GitLab, which is asked as the worker asks it. */

let bench: Bench;
let instance: OpenInstance;
let groups = 0;

beforeAll(async () => {
  bench = await startBench();
  instance = openInstance(bench.config);
});

afterAll(async () => {
  await instance.close();
  await bench.stop();
});

/** `GROUP/shop` with the projects `api` and `team/web` below; Ana owns it. */
function addGroup(): { top: Group; shop: Group; team: Group; api: Project; web: Project; path: string } {
  const { gitlab, people } = bench.lab;
  const path = `gather-${++groups}`;
  const [api, web] = [gitlab.addProject(`${path}/shop/api`), gitlab.addProject(`${path}/shop/team/web`)];
  const [shop, team] = [api.group, web.group];
  if (shop.parent === undefined) throw new Error('it has a parent');
  gitlab.addMember(shop.parent, people.ana, 50);
  return { top: shop.parent, shop, team, api, web, path };
}

const FULL = { name: 'ci push', scopes: ['read_registry', 'write_registry'] };

interface Given {
  word?: string;
  history?: UrlHistory;
  outside?: string[];
  rotation?: Partial<OpenInstance['config']['rotation']>;
  hosts?: [];
}

async function plan({ fullPath }: Holder, given: Given = {}): Promise<RotationPlan> {
  const { word, history = [], outside = [], rotation, hosts } = given;
  const { gitlab, config } = instance;
  const asker = await gitlab.user('ana');
  if (asker === undefined) throw new Error('the lab has Ana');
  const found = await findOwner(fullPath, asker, gitlab);
  const tokens = await tokensOf(gitlab, found.owner);
  const [old] = word === undefined ? tokens : matchTokens(tokens, word);
  if (old === undefined) throw new Error('no such token');
  const wanted = { id: randomUUID(), asker: ANA, found, old, reveal: false };
  const configured = { ...config, ...(hosts && { hosts }), rotation: { ...config.rotation, ...rotation } };
  const peer = { ...instance, config: configured };
  return planRotation(wanted, peer, outside, history, bench.worker.seal, Date.now());
}

function found({ writes }: RotationPlan): string[] {
  return writes.map(({ owner, variable, carries }) => `${owner.kind} ${owner.path}: ${variable.key} ${carries}`);
}

function hold(holder: Holder | 'instance', pair: { username: string; token: string }, key = 'REGISTRY'): void {
  bench.lab.gitlab.addVariable(holder, { key: `${key}_USER`, value: pair.username });
  bench.lab.gitlab.addVariable(holder, { key: `${key}_PASSWORD`, value: pair.token });
}

function secretOf({ id, oldSecret }: RotationPlan): string | undefined {
  return oldSecret === undefined ? undefined : bench.worker.seal.open(oldSecret, purposeOf({ id }));
}

describe('a deploy token of a group', () => {
  test('is found in everything below, above, and of the whole instance', async () => {
    const { top, shop, team, api, web, path } = addGroup();
    const token = bench.lab.gitlab.addDeployToken(shop, FULL);
    for (const holder of [top, shop, team, api, web]) hold(holder, token);
    hold('instance', token, `SHARED_${groups}`);
    const made = await plan(shop);
    expect(found(made)).toEqual([
      `group ${path}/shop: REGISTRY_PASSWORD password`,
      `group ${path}: REGISTRY_PASSWORD password`,
      `group ${path}/shop/team: REGISTRY_PASSWORD password`,
      expect.stringMatching(`project ${path}/shop/(api|team/web): REGISTRY_PASSWORD password`),
      expect.stringMatching(`project ${path}/shop/(api|team/web): REGISTRY_PASSWORD password`),
      `instance : SHARED_${groups}_PASSWORD password`,
    ]);
    expect([made.username, secretOf(made)]).toEqual([token.username, token.token]);
    expect(JSON.stringify(made)).not.toContain(token.token);
  });

  test('is proven on a repository below, past projects whose registry is off or empty', async () => {
    const { gitlab } = bench.lab;
    const { shop, api, web } = addGroup();
    gitlab.addDeployToken(shop, FULL);
    web.registryAccess = 'disabled';
    expect((await plan(shop)).probe).toEqual({ repository: api.fullPath, isNew: true });
    gitlab.addTag(api, `${api.fullPath}/image`, '1');
    expect((await plan(shop)).probe).toEqual({ repository: `${api.fullPath}/image`, isNew: false });
    expect((await plan(shop, { rotation: { push: true } })).probe).toMatchObject({
      push: `${api.fullPath}/registrar-canary`,
    });
    api.registryAccess = 'disabled';
    expect((await plan(shop, { rotation: { push: true } })).probe).toEqual({});
  });

  test('where Registrar is no Owner: that GitLab will refuse it is told beforehand', async () => {
    const bot = bench.lab.gitlab.findUser('registrar-bot');
    if (bot === undefined) throw new Error('the lab has a bot');
    const { shop, api } = addGroup();
    bench.lab.gitlab.addDeployToken(shop, FULL);
    bench.lab.gitlab.addMember(shop, bot, 40);
    const words = `registrar-bot is no Owner of ${shop.fullPath}`;
    expect((await plan(shop)).unknown.join()).not.toContain(words);
    bot.admin = false;
    // Who the bot is, is asked once per opened instance.
    const reopen = async () => {
      await instance.close();
      instance = openInstance(bench.config);
    };
    await reopen();
    try {
      const { unknown } = await plan(shop);
      expect(unknown.join()).toContain(words);
      expect(unknown).toContain(`the variables of group ${shop.fullPath} can't be read: it takes the role owner there`);
      expect(unknown.join()).toContain('the variables of the whole instance can');
      bench.lab.gitlab.addDeployToken(api, FULL);
      expect((await plan(api)).unknown.join()).not.toContain('is no Owner');
    } finally {
      bot.admin = true;
      await reopen();
    }
  });
});

describe('an access token', () => {
  test('is found by asking GitLab whose a value is, and its copies by their value', async () => {
    const { gitlab } = bench.lab;
    const { shop, api, web, path } = addGroup();
    const [token, other] = [
      gitlab.addAccessToken(shop, { ...FULL, level: 30 }),
      gitlab.addAccessToken(shop, { name: 'other', scopes: ['read_registry'] }),
    ];
    gitlab.addVariable(api, { key: 'ANYTHING', value: other.token });
    gitlab.addVariable(api, { key: 'WHATEVER', value: token.token });
    const auths = { 'registry.example': { auth: basic('x', token.token) } };
    gitlab.addVariable(web, { key: 'AUTH', value: JSON.stringify({ auths }) });
    const made = await plan(shop, { word: 'ci push' });
    expect(found(made).sort()).toEqual([
      `project ${path}/shop/api: WHATEVER password`,
      `project ${path}/shop/team/web: AUTH docker-config`,
    ]);
    expect([secretOf(made), made.username, made.unseen]).toEqual([token.token, undefined, undefined]);
    expect(JSON.stringify(made)).not.toContain(token.token);
  });

  test('with a prefix of the instance’s own is found where the configuration says so, and then everywhere', async () => {
    const { gitlab } = bench.lab;
    const { api } = addGroup();
    const token = gitlab.addAccessToken(api, FULL);
    Object.assign(token, { token: `acme-${token.token.slice(6)}` });
    gitlab.addVariable(api, { key: 'DEPLOY_KEY', value: token.token });
    gitlab.addVariable(api, { key: 'COPY', value: token.token });
    expect(found(await plan(api))).toEqual([]);
    const rotation = { variables: [{ path: api.fullPath, keys: ['DEPLOY_KEY'] }] };
    expect(found(await plan(api, { rotation })).map((one) => one.split(' ')[2])).toEqual(['DEPLOY_KEY', 'COPY']);
  });

  test('when too many values look like one, those that were not asked are told', async () => {
    const { gitlab } = bench.lab;
    const { api } = addGroup();
    gitlab.addAccessToken(api, FULL);
    for (let at = 0; at < 23; at += 1)
      gitlab.addVariable(api, { key: `KEY_${at}`, value: `glpat-${String(at).padStart(20, 'x')}` });
    expect((await plan(api)).unknown.join()).toContain('3 more values look like access tokens');
  });
});

describe('variables that the configuration maps to a token', () => {
  const variables = (path: string, token?: string) => ({
    variables: [{ path, keys: ['DEPLOY_KEY'], ...(token === undefined ? {} : { token }) }],
  });

  test('are found, whatever the path’s case, and by the name that the token had before it was ever rotated', async () => {
    const { gitlab } = bench.lab;
    const { api } = addGroup();
    gitlab.addDeployToken(api, { ...FULL, name: 'ci push (registrar 0123abcd)' });
    gitlab.addVariable(api, { key: 'DEPLOY_KEY', value: 'some-secret' });
    const key = [`project ${api.fullPath}: DEPLOY_KEY password`];
    const at = async (rotation: Given['rotation']) =>
      found(await plan(api, rotation === undefined ? {} : { rotation }));
    expect(await at(variables(api.fullPath.toUpperCase()))).toEqual(key);
    expect(await at(variables(api.fullPath, 'ci push'))).toEqual(key);
    expect(await at(variables(api.fullPath, 'another'))).toEqual([]);
    expect(await at(variables('other/api'))).toEqual([]);
  });

  test('give the secret away by which other copies are found', async () => {
    const { gitlab } = bench.lab;
    const { api } = addGroup();
    const { token } = gitlab.addDeployToken(api, FULL);
    gitlab.addVariable(api, { key: 'DEPLOY_KEY', value: token });
    gitlab.addVariable(api.group, { key: 'COPY', value: token });
    const made = await plan(api, { rotation: variables(api.fullPath) });
    expect(found(made)).toEqual([
      `project ${api.fullPath}: DEPLOY_KEY password`,
      `group ${api.group.fullPath}: COPY password`,
    ]);
    expect(secretOf(made)).toBe(token);
  });

  test('may be hidden; other hidden ones can’t be looked into, and are told', async () => {
    const { gitlab } = bench.lab;
    const { api } = addGroup();
    gitlab.addDeployToken(api, FULL);
    for (const key of ['DEPLOY_KEY', 'SECRET_1', 'SECRET_2'])
      gitlab.addVariable(api, { key, value: 'some-secret', hidden: true });
    const made = await plan(api, { rotation: variables(api.fullPath) });
    expect(found(made)).toEqual([`project ${api.fullPath}: DEPLOY_KEY password`]);
    expect(made.unknown.join('\n')).toContain('SECRET_1, SECRET_2: hidden, so nobody can see whether');
    expect(made.unknown.join('\n')).toContain('DEPLOY_KEY is hidden: it can be written');
  });
});

test('variables with an address that the registry had before are moved too', async () => {
  const { gitlab, host } = bench.lab;
  const { api } = addGroup();
  gitlab.addDeployToken(api, FULL);
  gitlab.addVariable(api, { key: 'IMAGE', value: 'old.example.com:5000/shop/api' });
  gitlab.addVariable(api, { key: 'NOW', value: new URL(host.registryUrl).host });
  const period = { firstSeen: 1, lastSeen: 2, highestAtFirst: 0, highestAtLast: 1_000 };
  const history = [
    { url: 'https://old.example.com:5000', ...period },
    { url: host.registryUrl, ...period },
  ];
  const made = await plan(api, { history });
  expect([found(made), made.formerUrls]).toEqual([
    [`project ${api.fullPath}: IMAGE registry-url`],
    ['https://old.example.com:5000'],
  ]);
  expect(made.reasons.join()).toContain('It is stale');
});

describe('whether the old token’s use will be seen', () => {
  test('not where both have the same username, nor where no host is configured', async () => {
    const { gitlab } = bench.lab;
    const { api, web } = addGroup();
    hold(api, gitlab.addDeployToken(api, FULL));
    gitlab.addDeployToken(web, FULL);
    expect((await plan(api)).unseen).toContain('the same username');
    expect((await plan(web)).unseen).toBeUndefined();
    expect((await plan(web, { hosts: [] })).unseen).toContain('no host');
    expect((await plan(web, { outside: ['a pull secret'] })).unseen).toContain('the same username');
  });

  test('of an access token GitLab tells it', async () => {
    const { api } = addGroup();
    bench.lab.gitlab.addAccessToken(api, FULL);
    expect((await plan(api, { hosts: [] })).unseen).toBeUndefined();
  });
});

test('nothing is changed by planning', async () => {
  const { gitlab } = bench.lab;
  const { shop, api } = addGroup();
  hold(api, gitlab.addDeployToken(shop, FULL));
  const from = gitlab.requests.length;
  await plan(shop);
  expect([...new Set(gitlab.requests.slice(from).map(({ method }) => method))]).toEqual(['GET']);
});
