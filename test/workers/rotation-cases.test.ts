import type { Answer } from '../../src/chat/answer.js';
import { PolicyStore } from '../../src/rotation/policy/store.js';
import type { DeployToken, Project } from '../lab/gitlab/double.js';
import { ask, type Bench, planIdOf, startBench } from '../rotation/bench.js';
import { accepts } from '../rotation/saga-bench.js';

let bench: Bench;
let projects = 0;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

/** A project with a token of that kind, whose pair stands in two variables. */
function addCase(
  more: { username?: string; scopes?: string[]; expiresAt?: string; holdsPair?: boolean } = {},
  path = `case-${++projects}/api`,
): { project: Project; old: DeployToken } {
  const { gitlab, people } = bench.lab;
  const project = gitlab.addProject(path);
  const bot = gitlab.findUser('registrar-bot');
  if (bot !== undefined) gitlab.addMember(project, bot, 40);
  gitlab.addMember(project, people.ana, 40);
  const { holdsPair = true, ...given } = more;
  const old = gitlab.addDeployToken(project, {
    name: 'ci push',
    scopes: ['read_registry', 'write_registry'],
    ...given,
  });
  if (holdsPair) {
    gitlab.addVariable(project, { key: 'REGISTRY_USER', value: old.username });
    gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: old.token });
  }
  return { project, old };
}

async function rotate(project: Project): Promise<{ plan: string; end: Answer; fresh: DeployToken }> {
  const planned = await ask(bench, { step: 'plan', project: project.fullPath });
  const end = (await ask(bench, { step: 'run', planId: planIdOf(planned) })).at(-1);
  const [fresh, ...others] = bench.lab.gitlab.deployTokensOf(project);
  if (end === undefined || fresh === undefined) throw new Error('nothing was done');
  expect([end.mark, others]).toEqual(['pass', []]);
  return { plan: JSON.stringify(planned.at(-1)), end, fresh };
}

function value(holder: Parameters<Bench['lab']['gitlab']['findVariable']>[0], key: string): string | undefined {
  return bench.lab.gitlab.findVariable(holder, key)?.value;
}

const basic = (username: string, password: string) => Buffer.from(`${username}:${password}`).toString('base64');

test('a variable of a group above is found and rewritten, and named with its group', async () => {
  const { project, old } = addCase({ holdsPair: false }, 'top/middle/api');
  const { gitlab } = bench.lab;
  const bot = gitlab.findUser('registrar-bot');
  const top = gitlab.groups.find(({ fullPath }) => fullPath === 'top');
  if (bot === undefined || top === undefined) throw new Error('the lab has both');
  gitlab.addMember(top, bot, 50);
  gitlab.addVariable(top, { key: 'REGISTRY_USER', value: old.username });
  gitlab.addVariable(top, { key: 'REGISTRY_PASSWORD', value: old.token, protected: true, masked: true });
  const { plan, fresh } = await rotate(project);
  expect(plan).toContain('REGISTRY_PASSWORD of group top');
  expect([value(top, 'REGISTRY_USER'), value(top, 'REGISTRY_PASSWORD')]).toEqual([fresh.username, fresh.token]);
  expect(gitlab.findVariable(top, 'REGISTRY_PASSWORD')).toMatchObject({ protected: true, masked: true });
});

test('the variables of a group that Registrar may not read are told, and the rotation is possible', async () => {
  const { project } = addCase({}, 'closed/api');
  const { plan, end } = await rotate(project);
  const words = "the variables of group closed can't be read";
  expect(plan).not.toContain(words);
  const bot = bench.lab.gitlab.findUser('registrar-bot');
  if (bot === undefined) throw new Error('the lab has a bot');
  bot.admin = false;
  try {
    const again = await rotate(project);
    expect(again.plan).toContain(words);
    expect(JSON.stringify(again.end)).toContain(words);
    expect(JSON.stringify(end)).not.toContain(words);
  } finally {
    bot.admin = true;
  }
});

test('DOCKER_AUTH_CONFIG gets the new pair, other entries are untouched', async () => {
  const { project, old } = addCase({ holdsPair: false });
  const { gitlab, host } = bench.lab;
  const registry = new URL(host.registryUrl).host;
  const others = {
    'quay.io': { auth: basic('ana', 'other') },
    'index.docker.io': { auth: 'x', email: 'ana@example.com' },
  };
  const auths = { ...others, [registry]: { auth: basic(old.username, old.token) } };
  gitlab.addVariable(project, {
    key: 'DOCKER_AUTH_CONFIG',
    value: JSON.stringify({ auths, credsStore: 'pass' }),
    variable_type: 'file',
  });
  const { fresh, end } = await rotate(project);
  expect(JSON.parse(value(project, 'DOCKER_AUTH_CONFIG') ?? '')).toEqual({
    auths: { ...others, [registry]: { auth: basic(fresh.username, fresh.token) } },
    credsStore: 'pass',
  });
  expect(gitlab.findVariable(project, 'DOCKER_AUTH_CONFIG')?.variable_type).toBe('file');
  expect(JSON.stringify(end)).toContain('was refused (401)');
});

test('a hidden variable is written without being read', async () => {
  const { project, old } = addCase({ holdsPair: false });
  const { gitlab } = bench.lab;
  gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: old.token, hidden: true });
  gitlab.addVariable(project, { key: 'REGISTRY_USER', value: old.username });
  const { plan, fresh, end } = await rotate(project);
  expect(plan).toContain('REGISTRY_PASSWORD is hidden: it can be written, but neither compared nor given back');
  expect([value(project, 'REGISTRY_USER'), value(project, 'REGISTRY_PASSWORD')]).toEqual([fresh.username, fresh.token]);
  expect(gitlab.findVariable(project, 'REGISTRY_PASSWORD')).toMatchObject({ hidden: true, masked: true });
  expect(JSON.stringify(end)).toContain('its secret was in no variable, so no login was tried');
});

test('a hidden variable is written after all others, which can be given back', async () => {
  const { project, old } = addCase({ holdsPair: false });
  const { gitlab } = bench.lab;
  gitlab.addVariable(project, { key: 'HIDDEN_PASSWORD', value: old.token, hidden: true });
  for (const key of ['HIDDEN_USER', 'REGISTRY_USER']) gitlab.addVariable(project, { key, value: old.username });
  gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: old.token });
  const from = gitlab.requests.length;
  const { end } = await rotate(project);
  const written = gitlab.requests.slice(from).filter(({ method }) => method === 'PUT');
  expect(written.map(({ path }) => path.replace(/.*\/variables\/(\w+).*/, '$1'))).toEqual([
    'REGISTRY_PASSWORD',
    'HIDDEN_PASSWORD',
  ]);
  expect(JSON.stringify(end)).toContain('was refused (401)');
});

test('the name of a pair stays, so that one write changes the login', async () => {
  const { project, old } = addCase();
  const from = bench.lab.gitlab.requests.length;
  const { plan, fresh } = await rotate(project);
  expect([fresh.username, fresh.id === old.id, fresh.name]).toEqual([
    old.username,
    false,
    expect.stringMatching(/^ci push \(registrar [0-9a-f]{8}\)$/),
  ]);
  const written = bench.lab.gitlab.requests.slice(from).filter(({ method }) => method === 'PUT');
  expect(written.map(({ path }) => path.replace(/.*\/variables\/(\w+).*/, '$1'))).toEqual(['REGISTRY_PASSWORD']);
  // Rotated once more it is found by the name that people gave it, and keeps the first one's username.
  expect(plan).toContain('REGISTRY_PASSWORD');
  const again = await rotate(project);
  expect([again.fresh.username, value(project, 'REGISTRY_PASSWORD')]).toEqual([old.username, again.fresh.token]);
});

test('a username of somebody’s choosing is kept', async () => {
  const { project, old } = addCase({ username: 'ci-robot' });
  const { fresh } = await rotate(project);
  expect([fresh.username, fresh.id === old.id, value(project, 'REGISTRY_USER')]).toEqual([
    'ci-robot',
    false,
    'ci-robot',
  ]);
  expect(value(project, 'REGISTRY_PASSWORD')).toBe(fresh.token);
});

test('the successor of one that expires lives as long as that was meant to, or a year where nobody knows', async () => {
  const dayIn = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const noted = addCase({ expiresAt: dayIn(5) });
  await new PolicyStore(bench.redis, 'lab').noteMade(noted.old.id, Date.parse(dayIn(-25)));
  const { plan: known, fresh } = await rotate(noted.project);
  expect(known).toContain(`until ${dayIn(30)}`);
  expect(fresh.expiresAt).toBe(Date.parse(dayIn(30)));
  const { plan: unknown, fresh: other } = await rotate(addCase({ expiresAt: '2020-08-05T00:00:00Z' }).project);
  expect(unknown).toContain('It expired on 2020-08-05');
  expect(unknown).toContain('how long it was meant to live is not known');
  expect(other.expiresAt).toBe(Date.parse(dayIn(364)));
});

test.each([
  ['read_registry', ['read_registry'], 'it was granted pull'],
  ['write_registry, which GitLab grants nothing for alone', ['write_registry'], 'it was granted a login'],
])('with %s only, no upload is tried', async (_, scopes, words) => {
  const { project } = addCase({ scopes });
  const from = bench.lab.gitlab.requests.length;
  const { end, plan, fresh } = await rotate(project);
  expect(fresh.scopes).toEqual(scopes);
  expect(JSON.stringify(end)).toContain(`${words}"`);
  expect(plan).not.toContain('open an upload');
  const asked = bench.lab.gitlab.requests.slice(from).map(({ path }) => decodeURIComponent(path));
  expect(asked.filter((path) => path.includes('push'))).toEqual([]);
});

test('other scopes of the token are kept', async () => {
  const { project } = addCase({ scopes: ['read_repository', 'read_registry', 'read_package_registry'] });
  expect((await rotate(project)).fresh.scopes).toEqual(['read_repository', 'read_registry', 'read_package_registry']);
});

test('a project without repositories is told that one will be listed; one with them is proven on its own', async () => {
  const { project } = addCase();
  expect((await rotate(project)).plan).toContain('GitLab will list an empty repository');
  const full = addCase();
  bench.lab.gitlab.addTag(full.project, `${full.project.fullPath}/image`, '1');
  const { plan } = await rotate(full.project);
  expect(plan).toContain(`${full.project.fullPath}/image`);
  expect(plan).not.toContain('empty repository');
});

test('a token that no variable holds is rotated, and the plan says who can’t be seen', async () => {
  const { project } = addCase({ holdsPair: false });
  const { plan, end } = await rotate(project);
  expect(plan).toContain('logins on laptops');
  expect(JSON.stringify(end)).toContain('no CI/CD variable carried the old one');
});

test('a username without a password beside it is told', async () => {
  const { project, old } = addCase({ holdsPair: false });
  bench.lab.gitlab.addVariable(project, { key: 'DEPLOYER', value: old.username });
  expect((await rotate(project)).plan).toContain('DEPLOYER holds the username, but no variable beside it');
});

test('a token that went stale by a change of the URL is rotated, and the docker configuration follows the host', async () => {
  const { gitlab } = bench.lab;
  const { project, old } = addCase();
  const former = new URL(bench.lab.host.registryUrl).host;
  gitlab.addVariable(project, {
    key: 'DOCKER_AUTH_CONFIG',
    value: JSON.stringify({ auths: { [former]: { auth: basic(old.username, old.token) } } }),
  });
  // Registrar has looked at the instance while the former URL was in force.
  await ask(bench, { step: 'plan', project: project.fullPath });
  const present = new URL(await bench.lab.changeUrl()).host;
  const subject = { project };
  expect(await accepts(bench, subject, old.username, old.token)).toBe('refused with 401');
  const { plan, fresh } = await rotate(project);
  expect(plan).toContain(`It is stale: id ${old.id}`);
  expect(await accepts(bench, subject, fresh.username, value(project, 'REGISTRY_PASSWORD') ?? '')).toBe('accepted');
  expect(JSON.parse(value(project, 'DOCKER_AUTH_CONFIG') ?? '')).toEqual({
    auths: { [present]: { auth: basic(fresh.username, fresh.token) } },
  });
});
