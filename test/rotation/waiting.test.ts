import type { SagaContext } from '../../src/rotation/context.js';
import type { Login } from '../../src/rotation/outside/outside.js';
import type { Silence } from '../../src/rotation/silence.js';
import { addSubject, type Bench, type Subject, startBench } from './bench.js';
import { fakeConsumer } from './outside-fake.js';
import { AS_BEFORE, endOf, killedAt, ROTATED, runSaga, type Wrap } from './saga-bench.js';

/** Rotations whose old token is listened for, on a clock of their own. */

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

const HOUR = 3_600_000;
const BEGIN = Date.parse('2026-08-05T10:00:00Z');

function world() {
  const it = { hours: 0, seen: { is: 'silent' } as Silence, shown: [] as Login[] };
  const given: Pick<SagaContext, 'now' | 'watch' | 'reveal'> = {
    now: () => BEGIN + it.hours * HOUR,
    watch: async () => it.seen,
    reveal: async (login) => void it.shown.push(login),
  };
  return { it, given };
}

async function decide({ plan }: Subject, what: 'revoke' | 'undo'): Promise<void> {
  const journal = await bench.store.journal(plan.id);
  if (journal === undefined) throw new Error('no journal');
  await bench.store.save({ ...journal, decided: { what, by: 'ana' } });
}

test('everything holds the new token, both work; then silence, and the old one is revoked', async () => {
  const subject = await addSubject(bench, undefined, { quietHours: 24 });
  const { it, given } = world();
  expect(await runSaga(bench, subject, { given })).toEqual({ is: 'waiting', lookAgainMs: HOUR });
  expect(await endOf(bench, subject)).toMatchObject({ end: undefined, live: 2, old: 'accepted', fresh: 'accepted' });
  expect(bench.lab.gitlab.findVariable(subject.project, 'REGISTRY_PASSWORD', 'production')?.value).toBe(
    bench.lab.gitlab.deployTokensOf(subject.project)[1]?.token,
  );
  it.hours = 24;
  expect(await runSaga(bench, subject, { given })).toEqual({ is: 'ended' });
  expect(await endOf(bench, subject)).toEqual(ROTATED);
});

test('while it waits nothing is written again, whatever is called how often', async () => {
  const subject = await addSubject(bench, undefined, { quietHours: 24 });
  const { it, given } = world();
  await runSaga(bench, subject, { given });
  const from = bench.lab.gitlab.requests.length;
  for (it.hours = 1; it.hours < 4; it.hours += 1)
    expect(await runSaga(bench, subject, { given })).toMatchObject({ is: 'waiting' });
  const methods = bench.lab.gitlab.requests.slice(from).map(({ method }) => method);
  expect(methods.filter((method) => method !== 'GET')).toEqual([]);
});

test('[Undo] while it waits: everything is as before, because of whom', async () => {
  const subject = await addSubject(bench, undefined, { quietHours: 24 });
  const { given } = world();
  await runSaga(bench, subject, { given });
  await decide(subject, 'undo');
  expect(await runSaga(bench, subject, { given })).toEqual({ is: 'ended' });
  expect(await endOf(bench, subject)).toEqual(AS_BEFORE);
  expect((await bench.store.journal(subject.plan.id))?.end).toMatchObject({ why: 'ana asked for it', left: [] });
});

test('[Undo], killed at any moment of it: it goes on undoing', async () => {
  for (let at = 1; ; at += 1) {
    const subject = await addSubject(bench, undefined, { quietHours: 24 });
    const { given } = world();
    await runSaga(bench, subject, { given });
    await decide(subject, 'undo');
    const was = await killedAt(bench, subject, at, 'after', { given });
    await runSaga(bench, subject, { given });
    expect({ at, ...(await endOf(bench, subject)) }).toEqual({ at, ...AS_BEFORE });
    if (!was) break;
  }
});

test('[Revoke now] ends the waiting for one that is still used', async () => {
  const subject = await addSubject(bench, undefined, { quietHours: 24 });
  const { it, given } = world();
  it.seen = { is: 'used', words: 'still used by 10.2.3.4', lastUse: BEGIN };
  await runSaga(bench, subject, { given });
  it.hours = 100;
  expect(await runSaga(bench, subject, { given })).toMatchObject({ is: 'waiting' });
  await decide(subject, 'revoke');
  await runSaga(bench, subject, { given });
  expect(await endOf(bench, subject)).toEqual(ROTATED);
});

test('[Undo] that comes when the old token is being revoked is too late, and nothing is undone by halves', async () => {
  const subject = await addSubject(bench, undefined, { quietHours: 24 });
  const { it, given } = world();
  await runSaga(bench, subject, { given });
  it.hours = 24;
  const names: string[] = [];
  await new Promise<void>((die) => {
    // The look is stored, then the intent to revoke: killed there.
    const wrap: Wrap = (call, name) => async () => {
      const result = await call();
      names.push(name);
      if (names.filter((one) => one === 'save').length < 2) return result;
      die();
      return new Promise<never>(() => {});
    };
    void runSaga(bench, subject, { given, wrap });
  });
  expect((await bench.store.journal(subject.plan.id))?.revokeIntent).toBe(true);
  await decide(subject, 'undo');
  await runSaga(bench, subject, { given });
  expect(await endOf(bench, subject)).toEqual(ROTATED);
});

describe('while something else brings the old token back', () => {
  test('to a variable, it is not revoked, and the person is told where it is', async () => {
    const subject = await addSubject(bench, undefined, { quietHours: 24 });
    const { it, given } = world();
    await runSaga(bench, subject, { given });
    const password = bench.lab.gitlab.findVariable(subject.project, 'REGISTRY_PASSWORD', 'production');
    if (password === undefined) throw new Error('no variable');
    const fresh = password.value;
    password.value = subject.old.token;
    it.hours = 30;
    expect(await runSaga(bench, subject, { given })).toEqual({ is: 'waiting', lookAgainMs: HOUR });
    const journal = await bench.store.journal(subject.plan.id);
    expect(journal?.waiting?.seen).toContain('REGISTRY_PASSWORD (production) had the new token and has the former');
    password.value = fresh;
    await runSaga(bench, subject, { given });
    expect(await endOf(bench, subject)).toEqual(ROTATED);
  });

  test('to a consumer outside, neither; one that does not answer says nothing', async () => {
    const name = 'the pull secret regcred of namespace shop';
    const subject = await addSubject(bench, undefined, { quietHours: 24, outside: [name] });
    const { it, given } = world();
    const old = { username: subject.old.username, token: subject.old.token, registryHost: 'registry' };
    const consumer = fakeConsumer(name, old);
    await runSaga(bench, subject, { given: { ...given, outside: [consumer] } });
    const { login } = consumer;
    consumer.login = old;
    it.hours = 30;
    expect(await runSaga(bench, subject, { given: { ...given, outside: [consumer] } })).toMatchObject({
      is: 'waiting',
    });
    expect((await bench.store.journal(subject.plan.id))?.waiting?.seen).toContain(name);
    consumer.login = login;
    const silent = { ...consumer, holds: () => Promise.reject(new Error('away')) };
    await runSaga(bench, subject, { given: { ...given, outside: [silent] } });
    expect(await endOf(bench, subject)).toEqual(ROTATED);
  });

  test('a person’s word revokes it all the same', async () => {
    const subject = await addSubject(bench, undefined, { quietHours: 24 });
    const { given } = world();
    await runSaga(bench, subject, { given });
    const password = bench.lab.gitlab.findVariable(subject.project, 'REGISTRY_PASSWORD', 'production');
    if (password !== undefined) password.value = subject.old.token;
    await decide(subject, 'revoke');
    await runSaga(bench, subject, { given });
    expect((await endOf(bench, subject)).old).toBe('refused with 401');
  });
});

describe('the new secret', () => {
  test('is shown to whoever asked for it, once, when everybody else has it and the old one still works', async () => {
    const subject = await addSubject(bench, undefined, { quietHours: 24, reveal: true });
    const { it, given } = world();
    await runSaga(bench, subject, { given });
    const [, fresh] = bench.lab.gitlab.deployTokensOf(subject.project);
    const registryHost = new URL(bench.lab.host.registryUrl).host;
    expect(it.shown).toEqual([{ username: fresh?.username, token: fresh?.token, registryHost }]);
    it.hours = 24;
    await runSaga(bench, subject, { given });
    expect(it.shown).toHaveLength(1);
    expect(await endOf(bench, subject)).toEqual(ROTATED);
  });

  test('is not shown when nobody asked', async () => {
    const subject = await addSubject(bench);
    const { it, given } = world();
    await runSaga(bench, subject, { given });
    expect(it.shown).toEqual([]);
  });

  test('is shown again rather than never when Registrar is killed at that moment', async () => {
    const subject = await addSubject(bench, undefined, { reveal: true });
    const { it, given } = world();
    const names: string[] = [];
    await runSaga(bench, await addSubject(bench, undefined, { reveal: true }), {
      given,
      wrap: (call, name) => {
        names.push(name);
        return call;
      },
    });
    it.shown = [];
    expect(await killedAt(bench, subject, names.indexOf('reveal') + 1, 'after', { given })).toBe(true);
    await runSaga(bench, subject, { given });
    expect(it.shown).toHaveLength(2);
    expect(new Set(it.shown.map(({ token }) => token)).size).toBe(1);
    expect(await endOf(bench, subject)).toEqual(ROTATED);
  });
});
