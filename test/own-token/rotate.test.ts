import { readFile, stat, writeFile } from 'node:fs/promises';
import { EdgeError } from '../../src/errors.js';
import {
  AS_BEFORE,
  addOwnToken,
  inDays,
  type OwnBench,
  type OwnSubject,
  REPLACED,
  runOwn,
  startOwnBench,
  stateOf,
  type Wrap,
} from './bench.js';

/** At every moment the file holds a token that GitLab takes; killed anywhere, the next call ends it. */

let bench: OwnBench;
const subjects: OwnSubject[] = [];

beforeAll(async () => {
  bench = await startOwnBench();
});
afterAll(async () => {
  await bench.stop();
  for (const subject of subjects) await subject.remove();
});
afterEach(() => bench.gitlab.clearFaults());

async function add(): Promise<OwnSubject> {
  const subject = await addOwnToken(bench);
  subjects.push(subject);
  return subject;
}

/** Does GitLab take what the file holds, just now? */
async function mustWork({ path }: OwnSubject): Promise<void> {
  const held = (await readFile(path, 'utf8')).trim();
  const token = bench.gitlab.personalTokens.find((one) => one.token === held);
  if (token === undefined || token.revoked) throw new Error('locked out');
}

test('the second token is like the first, lives as long, and the first is refused in the end', async () => {
  const subject = await add();
  const calls: string[] = [];
  const became = await runOwn(bench, subject, (call, name) => {
    calls.push(name);
    return call();
  });
  expect(await stateOf(bench, subject)).toEqual(REPLACED);
  const [fresh] = bench.gitlab.personalTokens.filter(({ name, revoked }) => name === subject.name && !revoked);
  expect(became).toEqual({ is: 'done', oldId: subject.old.id, freshId: fresh?.id });
  expect(fresh).toMatchObject({ scopes: subject.old.scopes, expiresAt: subject.old.expiresAt, user: bench.bot });
  expect((await stat(subject.path)).mode & 0o777).toBe(0o600);
  const self = 'GET /api/v4/personal_access_tokens/self';
  expect(calls.slice(calls.indexOf('write'))).toEqual([
    'write',
    'GET /api/v4/metadata',
    `DELETE /api/v4/personal_access_tokens/${subject.old.id}`,
    self,
    self,
  ]);
  expect(calls.some((name) => name.includes('rotate'))).toBe(false);
});

test('a token without an end is followed by one as GitLab allows it', async () => {
  const subject = await add();
  Object.assign(subject.old, { expiresAt: undefined });
  await runOwn(bench, subject);
  expect(bench.gitlab.personalTokens.at(-1)?.expiresAt).toBe(inDays(365));
});

test.each(['before', 'after'] as const)(
  'killed %s any call, save or writing, the next one ends it, and at no moment it is locked out',
  async (moment) => {
    let kills = 0;
    for (let at = 1; ; at += 1) {
      const subject = await add();
      let count = 0;
      let die: () => void = () => {};
      const death = new Promise<'killed'>((resolve) => {
        die = () => resolve('killed');
      });
      const dying: Wrap = async (call) => {
        await mustWork(subject);
        count += 1;
        const isLast = count === at;
        if (isLast && moment === 'before') return forever();
        const result = await call();
        await mustWork(subject);
        return isLast ? forever() : result;
      };
      const forever = () => {
        die();
        return new Promise<never>(() => {});
      };
      const end = await Promise.race([death, runOwn(bench, subject, dying)]);
      const { inTheClear } = await stateOf(bench, subject);
      expect({ at, inTheClear }).toEqual({ at, inTheClear: false });
      if (end === 'killed') {
        kills += 1;
        await runOwn(bench, subject, async (call) => {
          const result = await call();
          await mustWork(subject);
          return result;
        });
      }
      expect({ at, ...(await stateOf(bench, subject)) }).toEqual({ at, ...REPLACED });
      if (end !== 'killed') break;
    }
    expect(kills).toBeGreaterThan(11);
  },
);

test.each<[string, (call: () => Promise<unknown>) => Promise<unknown>]>([
  ['that is refused for a while', () => Promise.reject(away())],
  ['whose answer is lost', (call) => call().then(() => Promise.reject(away()))],
])('at any call %s, it can be run again', async (_, answer) => {
  for (let at = 1; ; at += 1) {
    const subject = await add();
    let count = 0;
    const failing: Wrap = async (call) => {
      count += 1;
      const result = await (count === at ? answer(call) : call());
      await mustWork(subject);
      return result as never;
    };
    const end = await runOwn(bench, subject, failing).catch((error: unknown) => error);
    await mustWork(subject);
    if (end instanceof Error) await runOwn(bench, subject);
    expect({ at, ...(await stateOf(bench, subject)) }).toEqual({ at, ...REPLACED });
    if (!(end instanceof Error)) break;
  }
});

function away(): EdgeError {
  return new EdgeError({
    part: 'gitlab',
    code: 'gitlab-unreachable',
    retry: { afterMs: 1 },
    forPerson: { what: 'away', next: 'wait' },
  });
}

test.each<[string, () => void]>([
  ['GitLab refuses the new one', () => bench.gitlab.onAnswer(({ method }) => method === 'POST' && revokeNewest())],
  [
    'it belongs to somebody else',
    () => bench.gitlab.onAnswer(({ method }) => method === 'POST' && Object.assign(newest(), { user: other() })),
  ],
  [
    'it may do less',
    () =>
      bench.gitlab.onAnswer(({ method }) => method === 'POST' && Object.assign(newest(), { scopes: ['read_user'] })),
  ],
])('%s: the old one stays', async (_, break_) => {
  const subject = await add();
  break_();
  try {
    await expect(runOwn(bench, subject)).rejects.toMatchObject({ code: 'stopped-halfway' });
  } finally {
    bench.gitlab.onAnswer(() => {});
  }
  expect(await stateOf(bench, subject)).toEqual(AS_BEFORE);
});

const newest = () => bench.gitlab.personalTokens.at(-1) as OwnSubject['old'];
const revokeNewest = () => Object.assign(newest(), { revoked: true });
const other = () => bench.gitlab.addUser({ username: `other-${bench.gitlab.users.length}`, admin: true });

test('a configuration that names another file keeps the old one', async () => {
  const subject = await add();
  const configured = () => 'glpat-of-another-file';
  await expect(runOwn(bench, subject, undefined, { configured })).rejects.toMatchObject({ code: 'stopped-halfway' });
  expect(await stateOf(bench, subject)).toEqual(AS_BEFORE);
});

test('what GitLab does not let it make changes nothing', async () => {
  const subject = await add();
  bench.gitlab.fail('POST /api/v4/users/*/personal_access_tokens', 403, 1, { body: '{"message":"403 Forbidden"}' });
  expect(await runOwn(bench, subject)).toEqual({ is: 'refused', why: '403 Forbidden' });
  expect(await stateOf(bench, subject)).toEqual(AS_BEFORE);
});

test('a token that somebody put there after a crash is not overwritten', async () => {
  const subject = await add();
  await runOwn(bench, subject, (call, name) => (name === 'write' ? Promise.reject(away()) : call())).catch(() => {});
  const theirs = bench.gitlab.addPersonalToken(bench.bot, { name: 'by hand', scopes: ['api'] });
  await writeFile(subject.path, theirs.token);
  await expect(runOwn(bench, subject)).rejects.toMatchObject({
    code: 'stopped-halfway',
    forPerson: { next: expect.stringMatching(/revoke token \d+ in GitLab, and remove .*own-token-main\.json/) },
  });
  expect((await readFile(subject.path, 'utf8')).trim()).toBe(theirs.token);
});

test('a token of the same name that is in use is nobody’s orphan', async () => {
  const subject = await add();
  const cut = runOwn(bench, subject, (call, name) => (name.startsWith('POST') ? Promise.reject(away()) : call()));
  await cut.catch(() => {});
  const theirs = bench.gitlab.addPersonalToken(bench.bot, { name: subject.name, scopes: ['api'] });
  theirs.lastUsedAt = Date.now();
  await runOwn(bench, subject);
  expect(theirs.revoked).toBe(false);
});

test('a proof that fails after the old one was revoked puts no dead token back', async () => {
  const subject = await add();
  const lost: Wrap = async (call, name) => {
    const result = await call();
    return name.startsWith('DELETE') ? Promise.reject(away()) : result;
  };
  await runOwn(bench, subject, lost).catch(() => {});
  const held = await readFile(subject.path, 'utf8');
  bench.gitlab.fail('GET /api/v4/metadata', 400, 1, { body: '{}' });
  await expect(runOwn(bench, subject)).rejects.toMatchObject({ code: 'gitlab-rejected' });
  expect(await readFile(subject.path, 'utf8')).toBe(held);
  await runOwn(bench, subject);
  expect(await stateOf(bench, subject)).toEqual(REPLACED);
});
