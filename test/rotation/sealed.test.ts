import { createSeal } from '../../src/secrets/seal.js';
import { addSubject, type Bench, startBench } from './bench.js';
import { waysToHold } from './logins.js';
import { AS_BEFORE, endOf, killedAt, ROTATED, runSaga, said } from './saga-bench.js';

/** The sealing key is changed while a rotation is half done: Registrar was stopped for it. */

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

const KEY = 'the key of these tests';
const changed = { seal: createSeal('a new key', KEY) };
const lost = { seal: createSeal('a new key') };

test('with the former one configured it goes on from any call, to the same end', async () => {
  for (let at = 1; ; at += 1) {
    const subject = await addSubject(bench);
    const was = await killedAt(bench, subject, at, 'after');
    await runSaga(bench, subject, { given: changed });
    expect({ at, ...(await endOf(bench, subject)) }).toEqual({ at, ...ROTATED });
    if (!was) break;
  }
});

test('with the former one configured it is undone', async () => {
  const fill = waysToHold(bench).pair;
  const subject = await addSubject(bench, fill);
  await expect(
    runSaga(bench, subject, { answering: async (call, name) => (name.startsWith('PUT') ? said(502, '') : call()) }),
  ).rejects.toMatchObject({ part: 'gitlab' });
  await runSaga(bench, subject, {
    given: changed,
    answering: async (call, name) => (name.startsWith('PUT') ? said(403, '403 Forbidden') : call()),
  });
  expect((await bench.store.journal(subject.plan.id))?.end?.is).toBe('failed');
  expect(await endOf(bench, subject)).toMatchObject({ old: 'accepted' });
});

test('without it nothing is done, neither on nor back, until it is there again; the person is told how', async () => {
  const subject = await addSubject(bench);
  const answering = async <T>(call: () => Promise<T>, name: string) => {
    if (name.endsWith(`/deploy_tokens/${subject.old.id}`)) return said(502, 'Bad Gateway') as T;
    return call();
  };
  await expect(runSaga(bench, subject, { answering })).rejects.toMatchObject({ part: 'gitlab' });
  const from = bench.lab.gitlab.requests.length;
  const before = await bench.store.journal(subject.plan.id);
  await expect(runSaga(bench, subject, { given: lost })).rejects.toMatchObject({
    code: 'secret-missing',
    retry: { afterMs: expect.any(Number) },
    forPerson: { next: expect.stringContaining('previousSealingKey') },
  });
  expect(bench.lab.gitlab.requests).toHaveLength(from);
  expect(await bench.store.journal(subject.plan.id)).toEqual(before);
  await runSaga(bench, subject, {
    given: changed,
    answering: async (call, name) => (name.endsWith(`/deploy_tokens/${subject.old.id}`) ? said(403, '') : call()),
  });
  expect(await endOf(bench, subject)).toEqual(AS_BEFORE);
});
