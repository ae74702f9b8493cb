import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import { lookAtUrl, withInstance } from '../../src/instance.js';
import { diagnosisWorker } from '../../workers/diagnosis.js';
import { actionsOf, footerOf } from '../diagnosis/answers.js';
import type { DeployToken, Project } from '../lab/gitlab/double.js';
import { ANA, ask, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';
import { refusedLoginLog, refusedPush } from './diagnosis-parts.js';

let bench: Bench;
let projects = 0;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

afterEach(() => bench.lab.gitlab.setBanPolicy(undefined));

/** A project with a token whose pair stands in two variables; Ana and Registrar maintain it. */
function addProject(more: { expiresAt?: string } = {}): { project: Project; token: DeployToken } {
  const { gitlab, people } = bench.lab;
  const project = gitlab.addProject(`diagnosed-${++projects}/api`);
  const bot = gitlab.findUser('registrar-bot');
  if (bot !== undefined) gitlab.addMember(project, bot, 40);
  gitlab.addMember(project, people.ana, 40);
  const token = gitlab.addDeployToken(project, {
    name: 'ci push',
    scopes: ['read_registry', 'write_registry'],
    ...more,
  });
  gitlab.addVariable(project, { key: 'REGISTRY_USER', value: token.username });
  gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: token.token });
  return { project, token };
}

function host(): string {
  return new URL(bench.lab.host.registryUrl).host;
}

const refusedLogin = ({ fullPath }: Project, user: string, registry = host()) =>
  refusedLoginLog(fullPath, user, registry);

async function diagnose(text: string, person: Person = ANA): Promise<Answer> {
  const said: Answer[] = [];
  const log = { kind: 'text', text, leaked: [] as string[] } as const;
  const common = { requestId: 'request', person, replyTo: REPLY_TO, useBy: Number.MAX_SAFE_INTEGER };
  const job = { task: 'log', log, ...common } as const;
  await diagnosisWorker(bench.worker)(job, async (answer) => void said.push(answer));
  const last = said.at(-1);
  if (last === undefined) throw new Error('nothing was said');
  return last;
}

function remove(token: DeployToken): void {
  const { deployTokens } = bench.lab.gitlab;
  deployTokens.splice(deployTokens.indexOf(token), 1);
}

describe('a wrong user or token (reason A)', () => {
  test('the pair in the variables is accepted: another password was used', async () => {
    const { project, token } = addProject();
    const answer = await diagnose(refusedLogin(project, token.username));
    expect(footerOf(answer)).toMatch(/^credentials-rejected · likely/);
    expect(JSON.stringify(answer)).toContain('is accepted with the pair in REGISTRY_PASSWORD');
  });

  test('the token expired', async () => {
    const { project, token } = addProject({ expiresAt: '2020-08-05' });
    const answer = await diagnose(refusedLogin(project, token.username));
    expect(footerOf(answer)).toMatch(/^credentials-rejected · confirmed/);
    expect(JSON.stringify(answer)).toContain('has expired');
    expect(actionsOf(answer)).toContain(`rotate-project ${project.fullPath}`);
  });

  test('the token was revoked', async () => {
    const { project, token } = addProject();
    token.revoked = true;
    const answer = await diagnose(refusedLogin(project, token.username));
    expect(footerOf(answer)).toMatch(/^credentials-rejected · confirmed/);
    expect(JSON.stringify(answer)).toContain('is revoked');
  });

  test('the token was deleted', async () => {
    const { project, token } = addProject();
    remove(token);
    const answer = await diagnose(refusedLogin(project, token.username));
    expect(footerOf(answer)).toMatch(/^credentials-rejected · confirmed/);
    expect(JSON.stringify(answer)).toContain(`deploy token ${token.id} does not exist any more`);
  });

  test('an answer never shows the stored secret, and it stays out of Redis', async () => {
    const { project, token } = addProject();
    expect(JSON.stringify(await diagnose(refusedLogin(project, token.username)))).not.toContain(token.token);
    for (const key of await bench.redis.keys('*'))
      if ((await bench.redis.type(key)) === 'string') expect(await bench.redis.get(key)).not.toContain(token.token);
  });
});

describe('the other two', () => {
  test('no rights: GitLab forbids what the token asks for', async () => {
    const { project } = addProject();
    const answer = await diagnose(
      refusedLogin(project, 'gitlab+deploy-token-1').replace(/unauthorized: HTTP Basic.*/, 'denied: access forbidden'),
    );
    expect(footerOf(answer)).toMatch(/^insufficient-rights/);
  });

  test('no rights: the token’s scopes are proof', async () => {
    const { project } = addProject();
    const reader = bench.lab.gitlab.addDeployToken(project, { name: 'reader', scopes: ['read_registry'] });
    const answer = await diagnose(refusedPush(refusedLogin(project, reader.username), `${host()}/${project.fullPath}`));
    expect(footerOf(answer)).toMatch(/^insufficient-rights · confirmed/);
    expect(JSON.stringify(answer)).toContain('a push takes read_registry and write_registry');
  });

  test('a name outside the project: the token is the project’s alone', async () => {
    const { project, token } = addProject();
    const answer = await diagnose(refusedPush(refusedLogin(project, token.username), `${host()}/somewhere/else`));
    expect(footerOf(answer)).toMatch(/^image-outside-project · confirmed/);
    expect(JSON.stringify(answer)).toContain(`the image has to be named ${host()}/${project.fullPath}/else`);
    expect(JSON.stringify(answer)).toContain('belongs to no project that you can see');
  });

  test('the project’s registry is off', async () => {
    const { project, token } = addProject();
    project.registryAccess = 'disabled';
    const answer = await diagnose(refusedPush(refusedLogin(project, token.username), `${host()}/${project.fullPath}`));
    expect(footerOf(answer)).toMatch(/^registry-disabled · confirmed/);
  });
});

describe('a log is not believed', () => {
  test('a host that the configuration doesn’t name is never contacted, whatever the log says', async () => {
    const { project, token } = addProject();
    const contacts: string[] = [];
    const foreign = createServer((socket) => {
      contacts.push('contacted');
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    const address = foreign.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const from = bench.lab.gitlab.requests.length;
    for (const name of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      const answer = await diagnose(refusedLogin(project, token.username, name));
      expect(footerOf(answer)).toContain('from the text alone');
      expect(actionsOf(answer).filter((one) => !/^diagnosis-(?:right|wrong) /.test(one))).toEqual([]);
    }
    expect([contacts, bench.lab.gitlab.requests.slice(from)]).toEqual([[], []]);
    foreign.close();
    await once(foreign, 'close');
  });

  test('a project path that climbs out of the API’s is not asked for', async () => {
    const { project, token } = addProject();
    const from = bench.lab.gitlab.requests.length;
    await diagnose(refusedLogin(project, token.username).replaceAll(project.fullPath, '../../admin'));
    const paths = bench.lab.gitlab.requests.slice(from).map(({ path }) => decodeURIComponent(path));
    expect(paths.filter((path) => path.includes('..') || path.includes('admin'))).toEqual([]);
  });

  test('a secret that a shared file holds is not shown, and the person is told to replace it', async () => {
    const { project, token } = addProject();
    const openLog = async () =>
      (async function* () {
        yield Buffer.from(refusedLogin(project, `${token.username} -p gldt-aaaaaaaaaaaaaaaaaaaa`));
      })();
    const said: Answer[] = [];
    const log = { kind: 'chat-file', platform: 'slack', fileId: 'F1', name: 'job.log' } as const;
    const job = {
      task: 'log',
      requestId: 'file',
      person: ANA,
      replyTo: REPLY_TO,
      useBy: Number.MAX_SAFE_INTEGER,
      log,
    } as const;
    await diagnosisWorker({ ...bench.worker, openLog })(job, async (answer) => void said.push(answer));
    expect(JSON.stringify(said)).not.toContain('gldt-aaaa');
  });
});

describe('who asks', () => {
  test.each([
    ['no member of the project', ANA],
    ['nobody whom the configuration knows', { platform: 'terminal', id: 'mallory' } as const],
  ])('%s: the text is diagnosed, nothing of the project is told', async (_, person) => {
    const { project, token } = addProject();
    const { memberships } = bench.lab.gitlab;
    memberships.splice(
      memberships.findIndex(({ holder, user }) => holder === project && user === bench.lab.people.ana),
      1,
    );
    const from = bench.lab.gitlab.requests.length;
    const answer = await diagnose(refusedLogin(project, token.username), person);
    expect(footerOf(answer)).toMatch(/^credentials-rejected · (?:likely|possible)/);
    const words = JSON.stringify(answer);
    for (const detail of [token.name, ' REGISTRY_PASSWORD', 'rotate-project', '(id '])
      expect(words).not.toContain(detail);
    const told = footerOf(answer);
    expect(footerOf(await diagnose(refusedLogin({ ...project, fullPath: 'no/such' }, token.username), person))).toBe(
      told.replace(project.fullPath, 'no/such'),
    );
    const asked = bench.lab.gitlab.requests.slice(from).map(({ path }) => path);
    expect(asked.filter((path) => /deploy_tokens|variables|account=/.test(path))).toEqual([]);
  });

  test('a Developer is told', async () => {
    const { project, token } = addProject({ expiresAt: '2020-08-05' });
    const { memberships } = bench.lab.gitlab;
    memberships.splice(
      memberships.findIndex(({ holder, user }) => holder === project && user === bench.lab.people.ana),
      1,
    );
    bench.lab.gitlab.addMember(project, bench.lab.people.ana, 30);
    expect(footerOf(await diagnose(refusedLogin(project, token.username)))).toMatch(
      /^credentials-rejected · confirmed/,
    );
  });
});

test('refused logins of our own are few, and followed by a success: GitLab never bans us', async () => {
  const { project } = addProject();
  const { gitlab } = bench.lab;
  for (let at = 0; at < 6; at += 1) {
    const token = gitlab.addDeployToken(project, { name: `t${at}`, scopes: ['read_registry'] });
    gitlab.addVariable(project, { key: `T${at}_USER`, value: token.username });
    gitlab.addVariable(project, { key: `T${at}_PASSWORD`, value: `wrong-${at}` });
  }
  for (const variable of gitlab.variables)
    if (variable.holder === project && variable.key === 'REGISTRY_PASSWORD') variable.value = 'wrong';
  gitlab.setBanPolicy({ failures: 3, windowSeconds: 60, banSeconds: 3600 });
  for (let times = 0; times < 5; times += 1) {
    const from = gitlab.requests.length;
    await diagnose(refusedLogin(project, '$REGISTRY_USER'));
    const logins = gitlab.requests
      .slice(from)
      .filter(({ path, authenticated }) => path.startsWith('/jwt/auth') && authenticated);
    expect(logins.map(({ status }) => status)).toEqual([401, 401, 200]);
  }
  expect(gitlab.isBanned('127.0.0.1')).toBe(false);
});

test('GitLab away: the text’s verdict is given all the same, with what could not be looked at', async () => {
  const { project, token } = addProject();
  await bench.lab.gitlab.pause();
  const answer = await diagnose(refusedLogin(project, token.username));
  await bench.lab.gitlab.resume();
  expect(footerOf(answer)).toMatch(/^credentials-rejected · (?:likely|possible) · not looked at: .*does not answer/);
});

describe('a token older than the registry’s URL (reason B), after a change of it', () => {
  let stale: { project: Project; token: DeployToken };
  let former: string;

  beforeAll(async () => {
    stale = addProject();
    former = host();
    await withInstance(bench.config, undefined, (instance) => lookAtUrl(instance, bench.redis, Date.now()));
    await bench.lab.changeUrl();
  });

  test('is told from a wrong password, and proven by a login', async () => {
    const answer = await diagnose(refusedLogin(stale.project, stale.token.username));
    expect(footerOf(answer)).toMatch(/^token-stale-after-url-change · confirmed/);
    expect(JSON.stringify(answer)).toContain('a login with the pair in REGISTRY_PASSWORD is refused');
    expect(actionsOf(answer)).toContain(`rotate-project ${stale.project.fullPath}`);
  });

  test('the former address in a log is known as this instance’s', async () => {
    const answer = await diagnose(refusedLogin(stale.project, stale.token.username, former));
    expect(footerOf(answer)).not.toContain('from the text alone');
  });

  test('a newer token with another password in its variable is a wrong password, not stale', async () => {
    // Seen while the new URL is in force: what is made from now on is newer.
    await ask(bench, { step: 'plan', project: stale.project.fullPath });
    const { project, token } = addProject();
    const variable = bench.lab.gitlab.findVariable(project, 'REGISTRY_PASSWORD');
    if (variable !== undefined) variable.value = 'another password';
    const answer = await diagnose(refusedLogin(project, token.username));
    expect(footerOf(answer)).toMatch(/^credentials-rejected · confirmed/);
    expect(JSON.stringify(answer)).toContain('is newer than the registry’s URL');
  });

  test('an expired one that is older too: expired, for that is certain', async () => {
    const { deployTokens } = bench.lab.gitlab;
    const at = deployTokens.indexOf(stale.token);
    deployTokens[at] = { ...stale.token, expiresAt: Date.parse('2020-08-05') };
    const answer = await diagnose(refusedLogin(stale.project, stale.token.username));
    deployTokens[at] = stale.token;
    expect(footerOf(answer)).toMatch(/^credentials-rejected · confirmed/);
  });
});
