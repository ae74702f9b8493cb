import { SECRET_PURPOSE } from '../../src/secrets/seal.js';
import type { Project } from '../lab/gitlab/double.js';
import { type Bench, planIdOf, startBench } from '../rotation/bench.js';
import {
  addProject,
  addToken,
  BOB,
  buttonsOf,
  comeBack,
  configureWaiting,
  HOUR,
  HOURS,
  planned,
  press,
  startWaiting,
  words,
} from './rotation-waiting-bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
  await configureWaiting(bench);
});

afterAll(() => bench.stop());

const tokens = (project: Project) => bench.lab.gitlab.deployTokensOf(project);
const value = (project: Project, key = 'REGISTRY_PASSWORD') => bench.lab.gitlab.findVariable(project, key)?.value;
const locks = () => bench.redis.keys('*rotation-lock*');

/** The ids of the tokens in force, and whose secret the variable holds. */
function stateOf(project: Project): { ids: number[]; held: number | undefined } {
  const all = tokens(project);
  return { ids: all.map(({ id }) => id), held: all.find(({ token }) => token === value(project))?.id };
}

describe('while the old token is listened for', () => {
  test('both are in force, two buttons end it, and the job looks again every hour', async () => {
    const { project, old } = addProject(bench);
    const planId = await planned(bench, project);
    const went = await press(bench, { step: 'run', planId, requestId: `run ${planId}` });
    const [, fresh] = tokens(project);
    expect(stateOf(project)).toEqual({ ids: [old.id, fresh?.id], held: fresh?.id });
    expect([went.laterMs, buttonsOf(went)]).toEqual([HOUR, ['Revoke now', 'Undo']]);
    expect(words(went)).toContain(`deploy token ${old.id} is still in force`);
    expect(await locks()).toEqual([]);
    const again = await comeBack(bench, planId, 1);
    expect([again.laterMs, buttonsOf(again)]).toEqual([HOUR, ['Revoke now', 'Undo']]);
  });

  test('after the hours it is revoked, in the same message', async () => {
    const { project, old } = addProject(bench);
    const planId = await startWaiting(bench, project);
    const done = await comeBack(bench, planId, HOURS);
    expect([done.laterMs, done.said.at(-1)?.mark]).toEqual([undefined, 'pass']);
    expect(stateOf(project).ids).toHaveLength(1);
    expect([await locks(), await bench.redis.keys(`*rotation-token*:${old.id}`)]).toEqual([[], []]);
  });

  test('a look that is in trouble keeps nobody from ending it', async () => {
    const { project, old } = addProject(bench);
    const planId = await startWaiting(bench, project);
    bench.lab.gitlab.fail(`GET /api/v4/projects/*/variables/*`, 503);
    await expect(comeBack(bench, planId, 1)).rejects.toMatchObject({ part: 'gitlab' });
    const undone = await press(bench, { step: 'decide', what: 'undo', planId, requestId: 'click' });
    expect(words(undone)).toContain('is as before');
    expect(stateOf(project)).toEqual({ ids: [old.id], held: old.id });
  });
});

describe('a person’s word', () => {
  test('[Revoke now] by another Maintainer ends it at once; the job that comes back says the same', async () => {
    const { project, old } = addProject(bench, 40);
    const planId = await startWaiting(bench, project);
    const done = await press(bench, { step: 'decide', what: 'revoke', planId, person: BOB, requestId: 'click' });
    expect([done.said.at(-1)?.mark, done.aside]).toEqual(['pass', []]);
    expect(stateOf(project).ids).not.toContain(old.id);
    expect((await bench.store.journal(planId))?.decided).toEqual({ what: 'revoke', by: 'bob' });
    const from = bench.lab.gitlab.requests.length;
    const back = await comeBack(bench, planId, HOURS);
    expect([back.laterMs, back.said.at(-1)]).toEqual([undefined, done.said.at(-1)]);
    expect(bench.lab.gitlab.requests).toHaveLength(from);
  });

  test('[Undo]: everything is as before, and nothing is done when the job comes back', async () => {
    const { project, old } = addProject(bench);
    const planId = await startWaiting(bench, project);
    const undone = await press(bench, { step: 'decide', what: 'undo', planId, requestId: 'click' });
    expect(undone.said.at(-1)).toMatchObject({
      ...{ mark: 'info', title: `The rotation is undone; everything in ${project.fullPath} is as before` },
    });
    expect(words(undone)).toContain('ana asked for it');
    expect(stateOf(project)).toEqual({ ids: [old.id], held: old.id });
    await comeBack(bench, planId, HOURS);
    expect(stateOf(project)).toEqual({ ids: [old.id], held: old.id });
  });

  test('of a Developer, and of somebody unknown, is refused aside: the message keeps its buttons', async () => {
    const { project } = addProject(bench, 30);
    const planId = await startWaiting(bench, project);
    const before = stateOf(project);
    const stranger = { platform: 'terminal', id: 'stranger' } as const;
    for (const person of [BOB, stranger])
      for (const what of ['revoke', 'undo'] as const) {
        const refused = await press(bench, { step: 'decide', what, planId, person, requestId: `${person.id} ${what}` });
        expect([refused.said, refused.aside.map(({ mark, quiet }) => [mark, quiet])]).toEqual([[], [['fail', true]]]);
      }
    expect([stateOf(project), (await bench.store.journal(planId))?.decided, await locks()]).toEqual([
      before,
      undefined,
      [],
    ]);
    const done = await press(bench, { step: 'decide', what: 'revoke', planId, requestId: 'ana' });
    expect(done.said.at(-1)?.mark).toBe('pass');
  });

  test('pressed twice at the same moment counts once, and both are told the same', async () => {
    const { project, old } = addProject(bench);
    const planId = await startWaiting(bench, project);
    const held = bench.lab.gitlab.delayNext('DELETE /api/v4/projects/*/deploy_tokens/*');
    const first = press(bench, { step: 'decide', what: 'revoke', planId, requestId: 'click 1' });
    await held.arrived;
    const second = await press(bench, { step: 'decide', what: 'undo', planId, requestId: 'click 2' });
    expect([second.said, second.laterMs]).toEqual([[], expect.any(Number)]);
    held.release();
    const done = await first;
    const later = await press(bench, { step: 'decide', what: 'undo', planId, requestId: 'click 2' });
    expect([done.said.at(-1)?.mark, later.said.at(-1)]).toEqual(['pass', done.said.at(-1)]);
    expect(stateOf(project).ids).not.toContain(old.id);
  });

  test('while the rotation’s own job looks, waits for its turn, and is not lost', async () => {
    const { project, old } = addProject(bench);
    const planId = await startWaiting(bench, project);
    const held = bench.lab.gitlab.delayNext('GET /api/v4/projects/*/variables/*');
    const look = comeBack(bench, planId, 1);
    await held.arrived;
    const click = { step: 'decide', what: 'undo', planId, requestId: 'click' } as const;
    expect(await press(bench, click)).toMatchObject({ said: [], laterMs: expect.any(Number) });
    held.release();
    expect((await look).laterMs).toBe(HOUR);
    expect(words(await press(bench, click))).toContain('is as before');
    expect(stateOf(project)).toEqual({ ids: [old.id], held: old.id });
  });

  test('about a rotation that nobody knows, or that does not wait, changes nothing', async () => {
    const { project, old } = addProject(bench);
    const planId = await planned(bench, project);
    for (const id of ['never made', planId])
      expect(words(await press(bench, { step: 'decide', what: 'revoke', planId: id }))).toContain('no longer valid');
    expect(stateOf(project)).toEqual({ ids: [old.id], held: old.id });
  });
});

test('the new secret is shown aside, sealed, once; the answers that all see have it nowhere', async () => {
  const { project } = addProject(bench);
  const plan = await press(bench, { step: 'plan', project: project.fullPath, reveal: true });
  const planId = planIdOf(plan.said);
  const went = await comeBack(bench, planId, 0);
  const [shown, ...others] = went.aside;
  const sealed = shown?.parts.flatMap((part) => (part.kind === 'secret' ? [part.sealed] : [])) ?? [];
  expect([sealed.map((one) => bench.worker.seal.open(one, SECRET_PURPOSE)), others]).toEqual([[value(project)], []]);
  const done = await comeBack(bench, planId, HOURS);
  expect(done.aside).toEqual([]);
  expect(words(done)).toContain('The secret was shown to the asker alone');
  for (const { said, aside } of [plan, went, done])
    expect(JSON.stringify([said, aside])).not.toContain(value(project) ?? 'no value');
});

describe('meanwhile', () => {
  test('the same token is not rotated by another plan', async () => {
    const { project } = addProject(bench);
    const second = await planned(bench, project, 'ci push');
    const first = await startWaiting(bench, project, 'ci push');
    const before = stateOf(project);
    const refused = await press(bench, { step: 'run', planId: second, requestId: 'second' });
    expect(words(refused)).toContain('Another rotation is under way of this token');
    expect([stateOf(project), await locks()]).toEqual([before, []]);
    expect((await comeBack(bench, first, HOURS)).said.at(-1)?.mark).toBe('pass');
  });

  test('another token of the same project can be rotated', async () => {
    const { project } = addProject(bench);
    addToken(bench, project, 'pull', 'PULL');
    const [first, second] = [await startWaiting(bench, project, 'ci push'), await startWaiting(bench, project, 'pull')];
    expect(tokens(project)).toHaveLength(4);
    for (const planId of [first, second]) expect((await comeBack(bench, planId, HOURS)).said.at(-1)?.mark).toBe('pass');
    const names = tokens(project).map(({ name, token }) => [name.replace(/ \(.*/, ''), token]);
    expect(names).toEqual([
      ['ci push', value(project)],
      ['pull', value(project, 'PULL_PASSWORD')],
    ]);
  });

  test('a job that comes back while another rotation is at work there comes again, and is not lost', async () => {
    const { project, old } = addProject(bench);
    addToken(bench, project, 'pull', 'PULL');
    const first = await startWaiting(bench, project, 'ci push');
    const second = await planned(bench, project, 'pull');
    const held = bench.lab.gitlab.delayNext('POST /api/v4/projects/*/deploy_tokens');
    const working = press(bench, { step: 'run', planId: second, requestId: 'second' });
    await held.arrived;
    expect(await comeBack(bench, first, HOURS)).toMatchObject({ said: [], laterMs: expect.any(Number) });
    held.release();
    await working;
    expect((await comeBack(bench, first, HOURS)).said.at(-1)?.mark).toBe('pass');
    expect(stateOf(project).ids).not.toContain(old.id);
  });

  test('the job of one that was undone does not disturb the next rotation of the same token', async () => {
    const { project, old } = addProject(bench);
    const first = await startWaiting(bench, project, 'ci push');
    const undone = await press(bench, { step: 'decide', what: 'undo', planId: first, requestId: 'click' });
    const second = await startWaiting(bench, project, 'ci push');
    const before = stateOf(project);
    const back = await comeBack(bench, first, 1);
    expect([back.said.at(-1), back.laterMs, stateOf(project)]).toEqual([undone.said.at(-1), undefined, before]);
    const third = await planned(bench, project, `deploy:${old.id}`);
    expect(words(await press(bench, { step: 'run', planId: third, requestId: 'third' }))).toContain('of this token');
    expect((await comeBack(bench, second, HOURS)).said.at(-1)?.mark).toBe('pass');
  });
});
