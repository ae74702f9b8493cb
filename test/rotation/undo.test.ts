import type { Answer } from '../../src/chat/answer.js';
import { undoneAnswer } from '../../src/rotation/answers.js';
import { GITLAB_DEPLOY_TOKEN } from '../../src/rotation/plan/token.js';
import { addSubject, type Bench, type Subject, startBench, variablesOf } from './bench.js';
import {
  type Answering,
  AS_BEFORE,
  answerAt,
  endOf,
  httpCalls,
  killedAt,
  ROTATED,
  runSaga,
  runSagaToItsEnd,
  said,
} from './saga-bench.js';

let bench: Bench;
let calls: string[];
/** The number of the call that revokes the old token. */
let revoking: number;

beforeAll(async () => {
  bench = await startBench();
  calls = await httpCalls(bench);
  revoking = calls.findIndex((name) => /^DELETE .*deploy_tokens/.test(name)) + 1;
});

afterAll(() => bench.stop());

const refusals: [string, Answering][] = [
  ['403', async () => said(403, '403 Forbidden')],
  ['400', async () => said(400, 'name is invalid')],
];

function refusing(calls: RegExp): Answering {
  return async (call, name) => (calls.test(name) ? said(403, '403 Forbidden') : call());
}

async function failedEnd({ plan }: Subject) {
  const end = (await bench.store.journal(plan.id))?.end;
  if (end?.is !== 'failed') throw new Error(`the rotation did not fail: ${JSON.stringify(end)}`);
  return end;
}

async function told(subject: Subject): Promise<Answer> {
  return undoneAnswer(subject.plan, await failedEnd(subject));
}

test.each(refusals)('%s at any call before the old token is revoked: everything is as before', async (_, refuse) => {
  const rows = await Promise.all(
    Array.from({ length: revoking }, async (_, index) => {
      const subject = await addSubject(bench);
      await runSaga(bench, subject, { answering: answerAt(index + 1, refuse) });
      return { call: calls[index] ?? '', subject, end: await endOf(bench, subject) };
    }),
  );
  for (const { call, subject, end } of rows) {
    // The probe's upload is over by then: that it can't be cancelled is no reason to fail.
    if (/^DELETE .*uploads/.test(call)) expect({ call, ...end }).toEqual({ call, ...ROTATED });
    else {
      expect({ call, ...end }).toEqual({ call, ...AS_BEFORE });
      expect(JSON.stringify(await told(subject))).toContain('everything in shop/subject');
    }
  }
});

test.each(refusals)(
  '%s at any call after that: the new token is in force, and the person is told',
  async (_, refuse) => {
    const rows = await Promise.all(
      Array.from({ length: calls.length - revoking }, async (_, index) => {
        const subject = await addSubject(bench);
        await runSaga(bench, subject, { answering: answerAt(revoking + index + 1, refuse) });
        return { subject, end: await endOf(bench, subject) };
      }),
    );
    for (const { subject, end } of rows) {
      expect(end).toEqual({ ...ROTATED, end: end.end });
      if (end.end === 'done') continue;
      const answer = JSON.stringify(await told(subject));
      expect(answer).toContain(`deploy token ${subject.old.id} is revoked already`);
      expect(answer).not.toContain('is still in force');
    }
    expect(rows.some(({ end }) => end.end === 'failed')).toBe(true);
  },
);

test('the right is taken away at any call and stays away: what is left is named, and the old token lives', async () => {
  const rows = await Promise.all(
    Array.from({ length: revoking }, async (_, index) => {
      const subject = await addSubject(bench);
      let count = 0;
      const answering: Answering = async (call, name) => {
        count += 1;
        return count > index && name.includes('/api/') ? said(403, '403 Forbidden') : call();
      };
      await runSagaToItsEnd(bench, subject, { answering });
      return { subject, end: await failedEnd(subject) };
    }),
  );
  for (const { subject, end } of rows) {
    const { project, old, before } = subject;
    const left = end.left.join(' ');
    for (const token of bench.lab.gitlab.deployTokensOf(project))
      if (token !== old) expect(left).toMatch(new RegExp(`the new (?:one, )?deploy token ${token.id}\\b`));
    for (const [at, { key, value }] of variablesOf(bench, project).entries())
      if (value !== before[at]?.value && end.oldToken === 'in force') expect(left).toContain(key);
    expect(bench.lab.gitlab.findDeployToken(old.id)).toBe(old);
  }
});

test('the right is taken away at any call and given back: everything is as before', async () => {
  let waited = 0;
  const rows = await Promise.all(
    Array.from({ length: revoking }, async (_, index) => {
      const subject = await addSubject(bench);
      let count = 0;
      let isBack = false;
      const answering: Answering = async (call, name) => {
        count += 1;
        return count > index && name.includes('/api/') && !isBack ? said(403, '403 Forbidden') : call();
      };
      const journal = async () => bench.store.journal(subject.plan.id);
      await runSaga(bench, subject, { answering }).catch((error: unknown) => {
        waited += 1;
        expect(error).toMatchObject({
          code: 'half-undone',
          retry: { afterMs: expect.any(Number) },
          forPerson: { next: expect.stringContaining('then it goes on by itself, until ') },
        });
      });
      isBack = true;
      if ((await journal())?.end === undefined) await runSaga(bench, subject, { answering });
      return await endOf(bench, subject);
    }),
  );
  expect(rows).toEqual(rows.map(() => AS_BEFORE));
  expect(waited).toBeGreaterThan(5);
});

test('killed at any moment of undoing, it goes on undoing', async () => {
  const keepOld = ({ old }: Subject): { answering: Answering } => ({
    answering: async (call, name) => (name.endsWith(`/deploy_tokens/${old.id}`) ? said(403, '403 Forbidden') : call()),
  });
  const rows: object[] = [];
  for (let at = 1; ; at += 1) {
    const subject = await addSubject(bench);
    if (!(await killedAt(bench, subject, revoking + at, 'after', keepOld(subject)))) break;
    await runSaga(bench, subject, keepOld(subject));
    rows.push(await endOf(bench, subject));
  }
  expect(rows.length).toBeGreaterThan(10);
  expect(rows).toEqual(rows.map(() => AS_BEFORE));
});

test('the registry refuses the upload: the new token is removed, and no variable was touched', async () => {
  const subject = await addSubject(bench);
  const touched: string[] = [];
  const answering: Answering = async (call, name) => {
    touched.push(name);
    return /^POST .*uploads/.test(name) ? said(405, 'read-only') : call();
  };
  await runSaga(bench, subject, { answering });
  expect(await endOf(bench, subject)).toEqual(AS_BEFORE);
  expect(touched.filter((name) => name.startsWith('PUT'))).toEqual([]);
  expect(JSON.stringify(await told(subject))).toContain('the registry answered 405 to an upload');
});

test('the old token turns out to be gone when revoking it fails: nothing is undone, for nothing else is left', async () => {
  const subject = await addSubject(bench);
  const revoke = calls[revoking - 1] ?? '';
  expect(revoke).toContain('deploy_tokens');
  const answering: Answering = async (call, name) => {
    if (!/^DELETE .*deploy_tokens/.test(name)) return call();
    await call();
    return said(403, 'the proxy in front lost the answer');
  };
  await runSaga(bench, subject, { answering });
  expect(await endOf(bench, subject)).toEqual({ ...ROTATED, end: 'failed' });
});

test('a hidden password that was rewritten keeps the new token, which works with the username beside it', async () => {
  const { gitlab } = bench.lab;
  const subject = await addSubject(bench, (project, old) => {
    gitlab.addVariable(project, { key: 'REGISTRY_USER', value: old.username });
    gitlab.addVariable(project, { key: 'PULL_USER', value: old.username, environment_scope: 'staging' });
    gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: old.token, hidden: true });
  });
  await runSaga(bench, subject, { answering: refusing(/^DELETE .*deploy_tokens/) });
  const [, fresh] = gitlab.deployTokensOf(subject.project);
  const values = variablesOf(bench, subject.project).map(({ value }) => value);
  expect(values).toEqual([subject.old.username, subject.old.username, fresh?.token]);
  expect(fresh?.username).toBe(subject.old.username);
  const answer = JSON.stringify(await told(subject));
  for (const words of ['REGISTRY_PASSWORD is hidden', `the new deploy token ${fresh?.id} stays`, 'is still in force'])
    expect(answer).toContain(words);
});

test.each([
  ['is gone', (variable: { key: string }) => (variable.key = 'RENAMED')],
  ['has another value', (variable: { value: string }) => (variable.value = 'somebody-else')],
])('a variable that %s since the plan is left alone, and so is all else', async (words, change) => {
  const subject = await addSubject(bench);
  const variable = bench.lab.gitlab.findVariable(subject.project, 'REGISTRY_PASSWORD', 'production');
  if (variable !== undefined) change(variable as { key: string; value: string });
  const changed = variablesOf(bench, subject.project);
  await runSaga(bench, subject);
  expect(variablesOf(bench, subject.project)).toEqual(changed);
  expect(bench.lab.gitlab.deployTokensOf(subject.project)).toEqual([subject.old]);
  expect(JSON.stringify(await told(subject))).toContain(words);
});

test('somebody makes a token of the same name while Registrar is stopped: by its mark Registrar knows its own', async () => {
  const subject = await addSubject(bench);
  const { gitlab } = bench.lab;
  gitlab.cutAfter('POST /api/v4/projects/*/deploy_tokens');
  await expect(runSaga(bench, subject)).rejects.toMatchObject({ code: 'gitlab-unreachable' });
  const another = gitlab.addDeployToken(subject.project, { name: 'ci push', scopes: ['read_registry'] });
  await runSaga(bench, subject);
  const tokens = gitlab.deployTokensOf(subject.project);
  expect(tokens).toHaveLength(2);
  expect(tokens).toContain(another);
  expect(bench.lab.gitlab.findVariable(subject.project, 'REGISTRY_PASSWORD', 'production')?.value).toBe(
    tokens[1]?.token,
  );
});

test('of a name that GitLab gives a meaning the same is not known: neither token is removed by a guess', async () => {
  const subject = await addSubject(bench, undefined, { name: GITLAB_DEPLOY_TOKEN });
  const { gitlab } = bench.lab;
  gitlab.cutAfter('POST /api/v4/projects/*/deploy_tokens');
  await expect(runSaga(bench, subject)).rejects.toMatchObject({ code: 'gitlab-unreachable' });
  gitlab.addDeployToken(subject.project, { name: GITLAB_DEPLOY_TOKEN, scopes: ['read_registry', 'write_registry'] });
  await runSaga(bench, subject);
  expect(gitlab.deployTokensOf(subject.project)).toHaveLength(3);
  const ids = gitlab.deployTokensOf(subject.project).slice(1);
  for (const { id } of ids) expect(JSON.stringify(await told(subject))).toContain(String(id));
});

test('what GitLab quotes of the secret it was sent is not told', async () => {
  const subject = await addSubject(bench);
  const answering: Answering = async (call, name) =>
    name.startsWith('PUT')
      ? said(400, `value ${bench.lab.gitlab.deployTokensOf(subject.project)[1]?.token} is invalid`)
      : call();
  await runSaga(bench, subject, { answering });
  const answer = JSON.stringify(await told(subject));
  expect(answer).toContain('is invalid');
  expect(answer).not.toContain('gldt-');
});
