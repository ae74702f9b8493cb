import { addSubject, type Bench, type Subject, startBench } from './bench.js';
import { watching, waysToHold } from './logins.js';
import { type Answering, killedAt, runSaga, runSagaToItsEnd, said } from './saga-bench.js';

/**
 * A pipeline may begin at any moment of a rotation: the credentials that its variables hold then log in to the real
 * registry, and can push.
 */

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

const ways = ['pair', 'docker configuration', 'hidden password', 'all of them together'];

function holding(way: string): Promise<Subject> {
  return addSubject(bench, waysToHold(bench)[way]);
}

/** GitLab does not let the old token go: everything is undone. */
function refuseRevokingOld({ old }: Subject): Answering {
  return async (call, name) => (name.endsWith(`/deploy_tokens/${old.id}`) ? said(403, '403 Forbidden') : call());
}

async function endOf({ plan }: Subject): Promise<string | undefined> {
  return (await bench.store.journal(plan.id))?.end?.is;
}

test('the look at the logins sees a broken one', async () => {
  const subject = await holding('pair');
  const { seen, look } = watching(bench, subject);
  await look('nothing');
  expect(seen).toEqual({ moments: 1, broken: [] });
  const user = bench.lab.gitlab.findVariable(subject.project, 'REGISTRY_USER', 'production');
  if (user !== undefined) user.value = 'half-written';
  await look('half a write');
  expect(seen.broken).toEqual(['after half a write, REGISTRY_PASSWORD is refused with 401']);
});

describe.each(ways)('a token held as %s', (way) => {
  test('is rotated without a moment at which a job could not log in', async () => {
    const subject = await holding(way);
    const { seen, answering } = watching(bench, subject);
    await runSaga(bench, subject, { answering });
    expect([await endOf(subject), seen.broken]).toEqual(['done', []]);
    expect(seen.moments).toBeGreaterThan(4);
  });

  test('is given back without one', async () => {
    const subject = await holding(way);
    const { seen, around } = watching(bench, subject);
    await runSaga(bench, subject, { answering: around(refuseRevokingOld(subject)) });
    expect([await endOf(subject), seen.broken]).toEqual(['failed', []]);
  });

  test('when nothing can be given back either, both tokens stay', async () => {
    const subject = await holding(way);
    const { seen, look, around } = watching(bench, subject);
    let isRevoking = false;
    const answering: Answering = async (call, name) => {
      isRevoking ||= name.endsWith(`/deploy_tokens/${subject.old.id}`);
      return isRevoking && /^(?:PUT|DELETE) /.test(name) ? said(403, '403 Forbidden') : call();
    };
    await runSagaToItsEnd(bench, subject, { answering: around(answering) });
    await look('the end');
    expect([await endOf(subject), seen.broken]).toEqual(['failed', []]);
    expect(bench.lab.gitlab.deployTokensOf(subject.project)).toHaveLength(2);
  });
});

// The one has a new name, the other keeps it; what a pair or a hidden password alone goes through is in the latter.
describe.each(['docker configuration', 'all of them together'])('with a token held as %s', (way) => {
  /** Killed after each call in turn, several at once; every login that did not work. */
  async function killedEverywhere(end: string, answeringFor: (subject: Subject) => Answering): Promise<string[]> {
    const broken: string[] = [];
    const killed = async (at: number) => {
      const subject = await holding(way);
      const { seen, look, around } = watching(bench, subject);
      const answering = answeringFor(subject);
      const was = await killedAt(bench, subject, at, 'after', { answering });
      await look('being killed');
      await runSaga(bench, subject, { answering: around(answering) });
      expect(await endOf(subject)).toBe(end);
      broken.push(...seen.broken.map((words) => `killed at ${at}: ${words}`));
      return was;
    };
    for (let at = 1; ; at += 4)
      if ((await Promise.all([at, at + 1, at + 2, at + 3].map(killed))).includes(false)) return broken;
  }

  test('Registrar is killed at any moment, goes on, and no job was shut out', async () => {
    expect(await killedEverywhere('done', () => (call) => call())).toEqual([]);
  });

  test('killed at any moment of a rotation that is undone, it goes on undoing, and no job was shut out', async () => {
    expect(await killedEverywhere('failed', refuseRevokingOld)).toEqual([]);
  });
});
