import type { Answer } from '../../src/chat/answer.js';
import type { EdgeError } from '../../src/errors.js';
import type { Project } from '../lab/gitlab/double.js';
import { ANA, ask, type Bench, planIdOf, startBench } from '../rotation/bench.js';

let bench: Bench;
let projects = 0;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

/** A project of its own for a test; Ana and Registrar maintain it. */
function addProject(path = `team-${++projects}/api`): Project {
  const { gitlab, people } = bench.lab;
  const project = gitlab.addProject(path);
  gitlab.addMember(project, bot(), 40);
  gitlab.addMember(project, people.ana, 40);
  return project;
}

function bot() {
  const found = bench.lab.gitlab.findUser('registrar-bot');
  if (found === undefined) throw new Error('the lab has a bot');
  return found;
}

function addToken(project: Project, more: { username?: string; scopes?: string[]; expiresAt?: string } = {}) {
  const token = bench.lab.gitlab.addDeployToken(project, {
    name: 'ci push',
    scopes: ['read_registry', 'write_registry'],
    ...more,
  });
  bench.lab.gitlab.addVariable(project, { key: 'REGISTRY_USER', value: token.username });
  bench.lab.gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: token.token, masked: true });
  return token;
}

function lastOf(said: readonly Answer[]): { mark: string; words: string; answer: Answer } {
  const answer = said.at(-1);
  if (answer === undefined) throw new Error('nothing was said');
  return { mark: answer.mark, words: JSON.stringify(answer), answer };
}

async function plan(project: Project, token?: string): Promise<{ id: string; words: string }> {
  const said = await ask(bench, { step: 'plan', project: project.fullPath, ...(token === undefined ? {} : { token }) });
  return { id: planIdOf(said), words: lastOf(said).words };
}

async function rotate(project: Project): Promise<Answer> {
  return lastOf(await ask(bench, { step: 'run', planId: (await plan(project)).id })).answer;
}

function value(project: Project, key: string): string | undefined {
  return bench.lab.gitlab.findVariable(project, key)?.value;
}

function setRole(project: Project, level: 30 | undefined): void {
  const { memberships } = bench.lab.gitlab;
  const at = memberships.findIndex(({ holder, user }) => holder === project && user === bench.lab.people.ana);
  memberships.splice(at, 1);
  if (level !== undefined) bench.lab.gitlab.addMember(project, bench.lab.people.ana, level);
}

describe('who may', () => {
  test('a Maintainer and an Owner, the role in a group above included', async () => {
    const inherited = addProject('owned/deep/api');
    setRole(inherited, undefined);
    const top = bench.lab.gitlab.groups.find(({ fullPath }) => fullPath === 'owned');
    if (top !== undefined) bench.lab.gitlab.addMember(top, bench.lab.people.ana, 50);
    addToken(inherited);
    expect((await rotate(inherited)).mark).toBe('pass');
  });

  test('a Developer may not, and is told which role it takes, and nothing of the tokens', async () => {
    const project = addProject();
    const token = addToken(project);
    setRole(project, 30);
    const refused = await ask(bench, { step: 'plan', project: project.fullPath }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'not-allowed',
      forPerson: { what: expect.stringContaining('maintainer') },
    });
    expect(JSON.stringify(refused)).not.toContain(token.username);
  });

  test('a stranger is told of a hidden project what is told of one that is not there; the attempt is in the trail', async () => {
    const project = addProject();
    addToken(project);
    setRole(project, undefined);
    const told = async (path: string) => {
      const refused: unknown = await ask(bench, { step: 'plan', project: path, requestId: `stranger ${path}` }).catch(
        (error: unknown) => error,
      );
      return (refused as EdgeError).forPerson.what.replaceAll(path, 'PATH');
    };
    expect(await told(project.fullPath)).toBe(await told('nobody/has-this'));
    const trail = await bench.worker.audit.recent([{ instance: 'lab', subject: project.fullPath }], 5);
    expect(trail).toMatchObject([{ outcome: 'refused', subject: project.fullPath }]);
  });

  test('somebody whom the configuration doesn’t know may not, whatever they call themselves', async () => {
    const project = addProject();
    addToken(project);
    for (const person of [{ platform: 'terminal', id: 'mallory' } as const, { platform: 'slack', id: ANA.id } as const])
      await expect(ask(bench, { step: 'plan', project: project.fullPath, person })).rejects.toMatchObject({
        code: 'not-allowed',
      });
  });

  test('a role taken away between plan and click is missed, nothing is changed, and the next plan goes through', async () => {
    const project = addProject();
    const token = addToken(project);
    const { id } = await plan(project);
    setRole(project, 30);
    await expect(ask(bench, { step: 'run', planId: id })).rejects.toMatchObject({ code: 'not-allowed' });
    expect([bench.lab.gitlab.deployTokensOf(project), value(project, 'REGISTRY_PASSWORD')]).toEqual([
      [token],
      token.token,
    ]);
    setRole(project, undefined);
    bench.lab.gitlab.addMember(project, bench.lab.people.ana, 40);
    expect((await rotate(project)).mark).toBe('pass');
  });

  test('only the asker confirms or cancels', async () => {
    const project = addProject();
    const token = addToken(project);
    const { id } = await plan(project);
    const person = { platform: 'terminal', id: 'bob' } as const;
    expect(await ask(bench, { step: 'run', planId: id, person })).toEqual([]);
    expect(await ask(bench, { step: 'cancel', planId: id, person })).toEqual([]);
    expect(bench.lab.gitlab.deployTokensOf(project)).toEqual([token]);
    expect(lastOf(await ask(bench, { step: 'run', planId: id })).mark).toBe('pass');
  });
});

describe('a plan', () => {
  test('names what is made, proven, rewritten and revoked, and changes nothing', async () => {
    const project = addProject();
    const token = addToken(project);
    const from = bench.lab.gitlab.requests.length;
    const { words } = await plan(project);
    for (const part of [
      'REGISTRY_USER',
      'REGISTRY_PASSWORD',
      token.username,
      'pull and push',
      'Nothing has been changed',
    ])
      expect(words).toContain(part);
    const methods = bench.lab.gitlab.requests.slice(from).map(({ method }) => method);
    expect([...new Set(methods)]).toEqual(['GET']);
  });

  test('cancelled, it can’t be confirmed', async () => {
    const project = addProject();
    const token = addToken(project);
    const { id } = await plan(project);
    expect(lastOf(await ask(bench, { step: 'cancel', planId: id })).words).toContain('nothing was changed');
    expect(lastOf(await ask(bench, { step: 'run', planId: id })).words).toContain('no longer valid');
    expect(bench.lab.gitlab.deployTokensOf(project)).toEqual([token]);
  });

  test('that nobody knows is too old', async () => {
    for (const step of ['run', 'cancel'] as const)
      expect(lastOf(await ask(bench, { step, planId: 'never made' })).words).toContain('no longer valid');
  });

  test('with several tokens: a button for each, and each is found by id, name and username', async () => {
    const project = addProject();
    const first = addToken(project);
    const { gitlab } = bench.lab;
    const second = gitlab.addDeployToken(project, { name: 'pull', username: 'puller', scopes: ['read_registry'] });
    gitlab.addDeployToken(project, { name: 'code', scopes: ['read_repository'] });
    const choice = lastOf(await ask(bench, { step: 'plan', project: project.fullPath })).answer;
    const offered = choice.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
    expect(offered.map(({ action, value }) => `${action} ${value}`)).toEqual([
      `rotate-choose ${project.fullPath} deploy:${first.id}`,
      `rotate-choose ${project.fullPath} deploy:${second.id}`,
    ]);
    for (const word of [String(second.id), `deploy:${second.id}`, 'pull', 'puller'])
      expect((await plan(project, word)).words).toContain(`deploy token ${second.id} (puller)`);
    expect((await plan(project, 'nothing like it')).words).toContain('has no token “nothing like it”');
  });

  test('without any token of the registry it says how to make one', async () => {
    const project = addProject();
    bench.lab.gitlab.addDeployToken(project, { name: 'code', scopes: ['read_repository'] });
    expect((await plan(project)).words).toContain('no active deploy token');
  });

  test('of a project that does not exist, or is invisible, suggests none that the asker can’t see', async () => {
    addProject('hidden/secret-project');
    setRole(addProject('hidden/secret-projekt'), undefined);
    const missing = await ask(bench, { step: 'plan', project: 'hidden/secret-projec' }).catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify(missing)).toContain('hidden/secret-project');
    expect(JSON.stringify(missing)).not.toContain('hidden/secret-projekt');
  });
});

describe('one at a time', () => {
  test('two plans for one project: the second waits for its turn, and changes nothing', async () => {
    const project = addProject();
    addToken(project);
    const [first, second] = [await plan(project), await plan(project)];
    const held = bench.lab.gitlab.delayNext('POST /api/v4/projects/*/deploy_tokens');
    const running = ask(bench, { step: 'run', planId: first.id, requestId: 'first' });
    await held.arrived;
    expect(lastOf(await ask(bench, { step: 'run', planId: second.id, requestId: 'second' })).words).toContain(
      'Another rotation is under way',
    );
    held.release();
    expect(lastOf(await running).mark).toBe('pass');
    expect(bench.lab.gitlab.deployTokensOf(project)).toHaveLength(1);
  });

  test('[Rotate] pressed twice rotates once, and the second press says nothing over the first one’s progress', async () => {
    const project = addProject();
    addToken(project);
    const { id } = await plan(project);
    const held = bench.lab.gitlab.delayNext('POST /api/v4/projects/*/deploy_tokens');
    const running = ask(bench, { step: 'run', planId: id, requestId: 'click 1' });
    await held.arrived;
    expect(await ask(bench, { step: 'run', planId: id, requestId: 'click 2' })).toEqual([]);
    held.release();
    const done = lastOf(await running);
    expect(done.mark).toBe('pass');
    expect(lastOf(await ask(bench, { step: 'run', planId: id, requestId: 'click 3' })).answer).toEqual(done.answer);
    expect(bench.lab.gitlab.deployTokensOf(project)).toHaveLength(1);
  });

  test('pressed many times in the same moment: one new token was made', async () => {
    const project = addProject();
    addToken(project);
    const { id } = await plan(project);
    const clicks = Array.from({ length: 5 }, (_, at) =>
      ask(bench, { step: 'run', planId: id, requestId: `click ${at}` }),
    );
    await Promise.all(clicks);
    const made = bench.lab.gitlab.auditEvents.filter(({ holder }) => holder === project);
    expect([made.length, bench.lab.gitlab.deployTokensOf(project).length]).toEqual([1, 1]);
  });

  test('GitLab down in the middle: told as a part that comes back, and the same click goes on', async () => {
    const project = addProject();
    const token = addToken(project);
    const { id } = await plan(project);
    bench.lab.gitlab.cutAfter('POST /api/v4/projects/*/deploy_tokens');
    await expect(ask(bench, { step: 'run', planId: id })).rejects.toMatchObject({
      code: 'gitlab-unreachable',
      retry: { afterMs: expect.any(Number) },
    });
    expect(lastOf(await ask(bench, { step: 'run', planId: id })).mark).toBe('pass');
    const [fresh, ...others] = bench.lab.gitlab.deployTokensOf(project);
    expect(others).toEqual([]);
    expect([value(project, 'REGISTRY_USER'), value(project, 'REGISTRY_PASSWORD')]).toEqual([
      fresh?.username,
      fresh?.token,
    ]);
    expect(fresh?.id).not.toBe(token.id);
  });
});
