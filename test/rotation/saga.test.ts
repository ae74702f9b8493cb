import { EdgeError } from '../../src/errors.js';
import { addSubject, type Bench, startBench } from './bench.js';
import {
  type Answering,
  AS_BEFORE,
  answerAt,
  endOf,
  httpCalls,
  killedAt,
  ROTATED,
  runSaga,
  said,
  type Wrap,
} from './saga-bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

afterAll(() => bench.stop());

async function callsOfAWholeRun(): Promise<string[]> {
  const calls: string[] = [];
  const wrap: Wrap = (call, name) => {
    calls.push(name);
    return call;
  };
  await runSaga(bench, await addSubject(bench), { wrap });
  return calls;
}

test('a rotation ends with one token, that both variables hold, and every flag kept', async () => {
  const subject = await addSubject(bench);
  await runSaga(bench, subject);
  expect(await endOf(bench, subject)).toEqual(ROTATED);
});

test('an intent is stored before every effect, and the result after it', async () => {
  const calls = await callsOfAWholeRun();
  const effects = calls.flatMap((name, index) =>
    /^(?:POST .*deploy_tokens|PUT|DELETE .*deploy_tokens)/.test(name) ? [index] : [],
  );
  expect(effects).toHaveLength(3);
  for (const index of effects) {
    const before = calls.slice(0, index).reverse();
    const [last] = before.filter((name) => !name.startsWith('GET'));
    expect(last).toBe('save');
    const [next] = calls.slice(index + 1).filter((name) => !name.startsWith('GET'));
    expect(next).toBe('save');
  }
});

test.each(['before', 'after'] as const)('killed %s any call’s effect, it goes on to the same end', async (moment) => {
  const { length } = await callsOfAWholeRun();
  expect(length).toBeGreaterThan(15);
  const ends = await Promise.all(
    Array.from({ length }, async (_, index) => {
      const subject = await addSubject(bench);
      expect(await killedAt(bench, subject, index + 1, moment)).toBe(true);
      await runSaga(bench, subject);
      return { call: index + 1, ...(await endOf(bench, subject)) };
    }),
  );
  expect(ends).toEqual(ends.map(({ call }) => ({ call, ...ROTATED })));
});

test('killed again and again, at every call in turn, it still ends the same', async () => {
  const subject = await addSubject(bench);
  let kills = 0;
  while (await killedAt(bench, subject, kills + 1, kills % 2 === 0 ? 'before' : 'after')) kills += 1;
  expect(kills).toBeGreaterThan(4);
  expect(await endOf(bench, subject)).toEqual(ROTATED);
});

describe('a part that may come back', () => {
  const hungUp = new Error('socket hang up');
  const rows: [string, Answering][] = [
    ['is away before the effect', () => Promise.reject(hungUp)],
    ['is cut off after the effect, its answer lost', (call) => call().then(() => Promise.reject(hungUp))],
    ['answers 502', async () => said(502, 'Bad Gateway')],
    ['answers 503', async () => said(503, 'Service Unavailable')],
  ];

  test.each(rows)('%s, at any call: the rotation waits, goes on, and never has two new tokens', async (_, answer) => {
    const { length } = await httpCalls(bench);
    const ends = await Promise.all(
      Array.from({ length }, async (_, index) => {
        const subject = await addSubject(bench);
        let most = 0;
        const counting: Answering = async (call) => {
          const answered = await call();
          most = Math.max(most, bench.lab.gitlab.deployTokensOf(subject.project).length);
          return answered;
        };
        const once = answerAt(index + 1, answer);
        const answering: Answering = (call, name) => counting(() => once(call, name), name);
        const first = runSaga(bench, subject, { answering });
        const error: unknown = await first.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        // Cancelling the probe's upload is a courtesy: only an answer that never comes is noticed there.
        if (error !== undefined) expect(error instanceof EdgeError && error.retry !== 'never').toBe(true);
        await runSaga(bench, subject, { answering: counting });
        return { call: index + 1, most, ...(await endOf(bench, subject)) };
      }),
    );
    expect(ends).toEqual(ends.map(({ call }) => ({ call, most: 2, ...ROTATED })));
  });

  test('GitLab itself is away for a while, and cuts the answer to the new token off', async () => {
    const { gitlab } = bench.lab;
    const subject = await addSubject(bench);
    await gitlab.pause();
    await expect(runSaga(bench, subject)).rejects.toMatchObject({ code: 'gitlab-unreachable' });
    await gitlab.resume();
    gitlab.cutAfter('POST /api/v4/projects/*/deploy_tokens', 2);
    await expect(runSaga(bench, subject)).rejects.toMatchObject({ code: 'gitlab-unreachable' });
    await expect(runSaga(bench, subject)).rejects.toMatchObject({ code: 'gitlab-unreachable' });
    await runSaga(bench, subject);
    expect(await endOf(bench, subject)).toEqual(ROTATED);
  });

  test.each([
    ['rotated', ROTATED],
    ['undone', AS_BEFORE],
  ])(
    'GitLab makes a token when nobody waits for it any more, and there is another: none is too many, %s',
    async (how, end) => {
      const subject = await addSubject(bench);
      const isPost = (name: string) => /^POST .*deploy_tokens/.test(name);
      const unheard: Answering = (call, name) => (isPost(name) ? Promise.reject(hungUp) : call());
      await expect(runSaga(bench, subject, { answering: unheard })).rejects.toMatchObject({
        code: 'gitlab-unreachable',
      });
      const late: Answering = async (call, name) => {
        if (how === 'undone' && name.startsWith('PUT ')) return said(400, 'is invalid');
        const answered = await call();
        const made = bench.lab.gitlab.deployTokensOf(subject.project).at(-1);
        if (isPost(name) && made !== undefined) bench.lab.gitlab.addDeployToken(subject.project, made);
        return answered;
      };
      await runSaga(bench, subject, { answering: late });
      expect(await endOf(bench, subject)).toEqual(end);
    },
  );
});
