import { dockerEntries } from '../../src/rotation/plan/docker-config.js';
import type { Variable } from '../lab/gitlab/double.js';
import { addSubject, type Bench, type Subject, startBench } from './bench.js';
import { watching, waysToHold } from './logins.js';
import { basic } from './plan-of.js';
import { type Answering, runSaga, runSagaToItsEnd, said } from './saga-bench.js';

/** What somebody else changes while a rotation is under way, or is undone. */

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

/** The rotation fails when it revokes; at that moment `change` is done by somebody else, and all is undone. */
async function undoneAfter(subject: Subject, change: () => void): Promise<string[]> {
  const { seen, look, around } = watching(bench, subject);
  const answering: Answering = async (call, name) => {
    if (!name.endsWith(`/deploy_tokens/${subject.old.id}`)) return call();
    change();
    return said(403, '403 Forbidden');
  };
  await runSaga(bench, subject, { answering: around(answering) });
  await look('the end');
  return seen.broken;
}

async function failedEnd({ plan }: Subject) {
  const end = (await bench.store.journal(plan.id))?.end;
  if (end?.is !== 'failed') throw new Error(`the rotation did not fail: ${JSON.stringify(end)}`);
  return end;
}

function variable({ project }: Subject, key: string, scope = '*'): Variable {
  const found = bench.lab.gitlab.findVariable(project, key, scope);
  if (found === undefined) throw new Error(`no variable ${key}`);
  return found;
}

function tokens({ project }: Subject) {
  return bench.lab.gitlab.deployTokensOf(project);
}

test('a password that somebody gave another value is left alone, and told', async () => {
  const subject = await addSubject(bench);
  const password = variable(subject, 'REGISTRY_PASSWORD', 'production');
  await undoneAfter(subject, () => {
    password.value = 'of another registry';
  });
  expect(password.value).toBe('of another registry');
  expect(tokens(subject)).toEqual([subject.old]);
  expect((await failedEnd(subject)).left.join()).toContain(
    'REGISTRY_PASSWORD (production) was changed by somebody else meanwhile',
  );
});

test('a password that somebody gave the former value back is as it should be', async () => {
  const subject = await addSubject(bench);
  const password = variable(subject, 'REGISTRY_PASSWORD', 'production');
  const broken = await undoneAfter(subject, () => {
    password.value = subject.old.token;
  });
  expect([broken, (await failedEnd(subject)).left]).toEqual([[], []]);
});

test('a docker configuration that somebody added an entry to keeps the new token, and that stays in force', async () => {
  const subject = await addSubject(bench, waysToHold(bench)['docker configuration']);
  const config = variable(subject, 'DOCKER_AUTH_CONFIG');
  const broken = await undoneAfter(subject, () => {
    const { auths } = JSON.parse(config.value) as { auths: object };
    config.value = JSON.stringify({ auths: { ...auths, 'ghcr.io': { auth: basic('ana', 'x') } } });
  });
  expect(broken).toEqual([]);
  expect(dockerEntries(config.value)?.map(({ host }) => host)).toContain('ghcr.io');
  const [, fresh] = tokens(subject);
  expect((await failedEnd(subject)).left).toEqual([
    expect.stringContaining('DOCKER_AUTH_CONFIG was changed by somebody else meanwhile'),
    `the new deploy token ${fresh?.id} stays, for those`,
  ]);
});

test('a variable that somebody removed is told, and not made again', async () => {
  const subject = await addSubject(bench);
  const { variables } = bench.lab.gitlab;
  const password = variable(subject, 'REGISTRY_PASSWORD', 'production');
  await undoneAfter(subject, () => void variables.splice(variables.indexOf(password), 1));
  expect(variables).not.toContain(password);
  expect((await failedEnd(subject)).left.join()).toContain('REGISTRY_PASSWORD (production) is gone');
});

test('a password that somebody changed between the plan and the write is not touched', async () => {
  const subject = await addSubject(bench);
  const password = variable(subject, 'REGISTRY_PASSWORD', 'production');
  password.value = 'of another registry';
  await runSaga(bench, subject);
  expect([password.value, tokens(subject)]).toEqual(['of another registry', [subject.old]]);
  expect((await failedEnd(subject)).why).toContain('REGISTRY_PASSWORD (production) has another value since the plan');
});

test('nor one that somebody made anew, hidden, since the plan: its value can’t be compared', async () => {
  const subject = await addSubject(bench);
  const { variables } = bench.lab.gitlab;
  const password = variable(subject, 'REGISTRY_PASSWORD', 'production');
  const hidden = { ...password, value: 'of another registry', hidden: true };
  variables.splice(variables.indexOf(password), 1, hidden);
  await runSaga(bench, subject);
  expect([hidden.value, tokens(subject)]).toEqual(['of another registry', [subject.old]]);
  expect((await failedEnd(subject)).why).toContain('has another value since the plan');
});

test('one that somebody changed between two attempts of the write is not overwritten', async () => {
  const subject = await addSubject(bench);
  const password = variable(subject, 'REGISTRY_PASSWORD', 'production');
  const lose: Answering = async (call, name) => (name.startsWith('PUT') ? said(502, 'Bad Gateway') : call());
  await expect(runSaga(bench, subject, { answering: lose })).rejects.toMatchObject({ part: 'gitlab' });
  password.value = 'of another registry';
  await runSaga(bench, subject);
  expect([password.value, tokens(subject)]).toEqual(['of another registry', [subject.old]]);
  expect((await failedEnd(subject)).why).toContain('was changed by somebody else since the plan');
});

test('a value that GitLab took, but does not read back, is no success', async () => {
  const subject = await addSubject(bench);
  const password = variable(subject, 'REGISTRY_PASSWORD', 'production');
  const answering: Answering = async (call, name) => {
    const answered = await call();
    if (name.startsWith('PUT') && password.value !== subject.old.token) password.value = 'of somebody quicker';
    return answered;
  };
  await runSaga(bench, subject, { answering });
  expect([password.value, tokens(subject)]).toEqual(['of somebody quicker', [subject.old]]);
  expect((await failedEnd(subject)).why).toContain('reads back another value');
});

test('when it can’t be seen whether a new token was made, the name to look for is the one that it has', async () => {
  const subject = await addSubject(bench);
  let isAsked = false;
  const answering: Answering = async (call, name) => {
    isAsked ||= /^POST .*deploy_tokens$/.test(name);
    return isAsked ? said(403, '403 Forbidden') : call();
  };
  await runSagaToItsEnd(bench, subject, { answering });
  const mark = subject.plan.id.replaceAll('-', '').slice(0, 8);
  expect((await failedEnd(subject)).left.join()).toContain(
    `a new token “ci push (registrar ${mark})” may have been made`,
  );
});
