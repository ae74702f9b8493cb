import type { OutsideConsumer } from '../../src/rotation/outside/outside.js';
import { addSubject, type Bench, type Subject, startBench, variablesOf } from './bench.js';
import { type FakeConsumer, failing, fakeConsumer, METHODS } from './outside-fake.js';
import {
  AS_BEFORE,
  accepts,
  type Between,
  endOf,
  killedAt,
  ROTATED,
  runSaga,
  runSagaToItsEnd,
  said,
} from './saga-bench.js';

/** Rotations of a pair that two consumers outside GitLab hold as well. */

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

const NAMES = ['the pull secret regcred of namespace shop', 'the credential registry of jenkins.example.com'];

async function addHeld(): Promise<{ subject: Subject; fakes: FakeConsumer[]; given: { outside: FakeConsumer[] } }> {
  const subject = await addSubject(bench, undefined, { outside: NAMES });
  const { username, token } = subject.old;
  const registryHost = new URL(bench.lab.host.registryUrl).host;
  const fakes = NAMES.map((name) => fakeConsumer(name, { username, token, registryHost }));
  return { subject, fakes, given: { outside: fakes } };
}

/** Everything besides GitLab's own variables: what each consumer logs in with, and whether that works. */
async function loginsOf(subject: Subject, fakes: readonly FakeConsumer[]) {
  return Promise.all(
    fakes.map(async ({ login }) => {
      if (login === undefined) return 'none';
      return [
        login.token === subject.old.token ? 'old' : 'new',
        await accepts(bench, subject, login.username, login.token),
      ];
    }),
  );
}

function keepOld({ old }: Subject): Pick<Between, 'answering'> {
  return {
    answering: async (call, name) => (name.endsWith(`/deploy_tokens/${old.id}`) ? said(403, '403 Forbidden') : call()),
  };
}

async function failedEnd({ plan }: Subject) {
  const end = (await bench.store.journal(plan.id))?.end;
  if (end?.is !== 'failed') throw new Error(`the rotation did not fail: ${JSON.stringify(end)}`);
  return end;
}

const everybody = (what: 'old' | 'new') => NAMES.map(() => [what, 'accepted']);

test('everybody outside has the new login before the old token is revoked, under the same username', async () => {
  const { subject, fakes, given } = await addHeld();
  await runSaga(bench, subject, { given });
  expect(await endOf(bench, subject)).toEqual(ROTATED);
  expect(await loginsOf(subject, fakes)).toEqual(everybody('new'));
  for (const { login } of fakes)
    expect(login).toMatchObject({
      username: subject.old.username,
      registryHost: new URL(bench.lab.host.registryUrl).host,
    });
});

test('an intent is stored before each of them is written, and the result after it', async () => {
  const { subject, given } = await addHeld();
  const calls: string[] = [];
  await runSaga(bench, subject, {
    given,
    wrap: (call, name) => {
      calls.push(name);
      return call;
    },
  });
  const around = NAMES.flatMap((name) =>
    ['read', 'save', 'write', 'holds', 'save'].map((one) => (one === 'save' ? one : `${one} ${name}`)),
  );
  const first = calls.indexOf(`read ${NAMES[0]}`);
  expect(calls.slice(first, first + around.length)).toEqual(around);
});

test.each(['before', 'after'] as const)('killed %s any call, it goes on to the same end', async (moment) => {
  let kills = 0;
  for (let at = 1; ; at += 1) {
    const { subject, fakes, given } = await addHeld();
    const was = await killedAt(bench, subject, at, moment, { given });
    await runSaga(bench, subject, { given });
    expect({ at, ...(await endOf(bench, subject)) }).toEqual({ at, ...ROTATED });
    expect(await loginsOf(subject, fakes)).toEqual(everybody('new'));
    if (!was) break;
    kills += 1;
  }
  expect(kills).toBeGreaterThan(25);
});

test('killed at any moment of undoing, it goes on undoing, and nobody is left without a login', async () => {
  for (let at = 20; ; at += 1) {
    const { subject, fakes, given } = await addHeld();
    const between = { given, ...keepOld(subject) };
    const was = await killedAt(bench, subject, at, 'after', between);
    for (const [, is] of await loginsOf(subject, fakes)) expect({ at, is }).toEqual({ at, is: 'accepted' });
    await runSaga(bench, subject, between);
    expect({ at, ...(await endOf(bench, subject)) }).toEqual({ at, ...AS_BEFORE });
    expect(await loginsOf(subject, fakes)).toEqual(everybody('old'));
    if (!was) break;
  }
});

describe.each(METHODS.filter((method) => method !== 'restore'))('%s of the second', (method) => {
  const broken = (fakes: FakeConsumer[], retry: 'never' | 'once'): { outside: OutsideConsumer[] } => ({
    outside: fakes.map((one, at) => (at === 1 ? failing(one, method, retry) : one)),
  });

  test('refused for good: everything is as before', async () => {
    const { subject, fakes } = await addHeld();
    await runSaga(bench, subject, { given: broken(fakes, 'never') });
    expect(await endOf(bench, subject)).toEqual(AS_BEFORE);
    expect(await loginsOf(subject, fakes)).toEqual(everybody('old'));
    expect(await failedEnd(subject)).toMatchObject({ why: `${NAMES[1]} answers 403`, left: [] });
  });

  test('away for a moment: the rotation waits, and goes on', async () => {
    const { subject, fakes } = await addHeld();
    const given = broken(fakes, 'once');
    await expect(runSaga(bench, subject, { given })).rejects.toMatchObject({ retry: { afterMs: 1 } });
    await runSaga(bench, subject, { given });
    expect(await endOf(bench, subject)).toEqual(ROTATED);
    expect(await loginsOf(subject, fakes)).toEqual(everybody('new'));
  });
});

describe('giving it back', () => {
  test('that is refused for good: it keeps the new token, which stays with the old one', async () => {
    const { subject, fakes } = await addHeld();
    const outside = fakes.map((one, at) => (at === 1 ? failing(one, 'restore', 'never') : one));
    await runSagaToItsEnd(bench, subject, { given: { outside }, ...keepOld(subject) });
    expect(await loginsOf(subject, fakes)).toEqual([
      ['old', 'accepted'],
      ['new', 'accepted'],
    ]);
    const [, fresh] = bench.lab.gitlab.deployTokensOf(subject.project);
    expect((await failedEnd(subject)).left).toEqual([
      expect.stringContaining(`${NAMES[1]} could not be given the former token`),
      `the new deploy token ${fresh?.id} stays, for those`,
    ]);
    expect(variablesOf(bench, subject.project)).toEqual(subject.before);
  });

  test('that is away for a moment is tried again', async () => {
    const { subject, fakes } = await addHeld();
    const outside = fakes.map((one) => failing(one, 'restore', 'once'));
    const between = { given: { outside }, ...keepOld(subject) };
    for (let at = 0; at < NAMES.length; at += 1)
      await expect(runSaga(bench, subject, between)).rejects.toMatchObject({ retry: { afterMs: 1 } });
    await runSaga(bench, subject, between);
    expect(await endOf(bench, subject)).toEqual(AS_BEFORE);
    expect(await loginsOf(subject, fakes)).toEqual(everybody('old'));
  });

  test('to one that can’t be read: the old login, known from a variable', async () => {
    const { subject, fakes, given } = await addHeld();
    for (const fake of fakes) fake.isBlind = true;
    await runSaga(bench, subject, { given, ...keepOld(subject) });
    expect(await endOf(bench, subject)).toEqual(AS_BEFORE);
    expect(await loginsOf(subject, fakes)).toEqual(everybody('old'));
  });

  test('to one that can’t be read, of a secret that nobody knows: told, and the new token stays', async () => {
    const subject = await addSubject(bench, () => {}, { outside: NAMES.slice(0, 1) });
    const fake = fakeConsumer(NAMES[0] ?? '');
    fake.isBlind = true;
    await runSaga(bench, subject, { given: { outside: [fake] }, ...keepOld(subject) });
    expect(await loginsOf(subject, [fake])).toEqual([['new', 'accepted']]);
    expect((await failedEnd(subject)).left.join(' ')).toContain('what it had before is not known');
    expect(bench.lab.gitlab.deployTokensOf(subject.project)).toHaveLength(2);
  });
});

test('one that takes the login and does not hold it is told, with who may be at work; all is as before', async () => {
  const { subject, fakes } = await addHeld();
  const [first, second] = fakes;
  if (first === undefined || second === undefined) throw new Error('there are two');
  const reverted = { ...second, write: async () => {}, holds: async () => false };
  await runSaga(bench, subject, { given: { outside: [first, reverted] } });
  expect(await endOf(bench, subject)).toEqual(AS_BEFORE);
  expect(await loginsOf(subject, fakes)).toEqual(everybody('old'));
  expect(await failedEnd(subject)).toMatchObject({ next: expect.stringContaining('GitOps controller') });
});

test('one that is not in the configuration any more: told, and all is as before', async () => {
  const { subject, fakes } = await addHeld();
  await runSaga(bench, subject, { given: { outside: fakes.slice(0, 1) } });
  expect(await endOf(bench, subject)).toEqual(AS_BEFORE);
  expect(await failedEnd(subject)).toMatchObject({ why: `${NAMES[1]} is not in the configuration any more`, left: [] });
  expect(await loginsOf(subject, fakes)).toEqual(everybody('old'));
});
