import { openGitLab } from '../../src/gitlab/client.js';
import { tokensOf } from '../../src/rotation/tokens.js';
import {
  ACCESS_AS_BEFORE,
  ACCESS_ROTATED,
  type AccessSubject,
  accessEndOf,
  addAccessSubject,
  liveOf,
} from './access-bench.js';
import { type Bench, startBench } from './bench.js';
import { fakeConsumer } from './outside-fake.js';
import { type Answering, type Between, killedAt, runSaga, said } from './saga-bench.js';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench();
});

// GitLab's own rotation kills the old token at once, and repeated it kills the whole family.
afterEach(() => {
  expect(bench.lab.gitlab.requests.filter(({ path }) => path.includes('/rotate'))).toEqual([]);
});

afterAll(() => bench.stop());

/** GitLab says in its own way that the old one can't be revoked. */
function keepOld({ old }: AccessSubject): Between {
  const message = '400 Bad request - registrar-bot cannot delete the bot';
  return {
    answering: async (call, name) => (name === deletionOf(name, old.id) ? said(400, message) : call()),
  };
}

function deletionOf(name: string, id: number): string | undefined {
  return name.startsWith('DELETE') && name.endsWith(`/access_tokens/${id}`) ? name : undefined;
}

describe.each(['project', 'group'] as const)('an access token of a %s', (kind) => {
  test('is replaced by one like it: scopes, role and lifetime; whatever name stands beside it stays', async () => {
    const subject = await addAccessSubject(bench, kind);
    await runSaga(bench, subject);
    expect(await accessEndOf(bench, subject)).toEqual(ACCESS_ROTATED);
    const [fresh] = liveOf(bench, subject);
    expect(fresh?.name).toMatch(/^ci bot \(registrar [0-9a-f]{8}\)$/);
    const days = (Date.parse(fresh?.expiresAt ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(362);
    expect(days).toBeLessThanOrEqual(364);
    expect((await bench.store.journal(subject.plan.id))?.end).toMatchObject({
      refused: expect.stringContaining('was refused (401)'),
    });
  });

  test('whose making is refused by GitLab’s own words for a missing role: nothing was changed', async () => {
    const subject = await addAccessSubject(bench, kind);
    const answering: Answering = async (call, name) =>
      /^POST .*access_tokens$/.test(name)
        ? said(400, `400 Bad request - User does not have permission to create ${kind} access token`)
        : call();
    await runSaga(bench, subject, { answering });
    expect(await accessEndOf(bench, subject)).toEqual(ACCESS_AS_BEFORE);
    const end = (await bench.store.journal(subject.plan.id))?.end;
    expect(JSON.stringify(end)).toContain('does not let Registrar manage the access tokens');
  });
});

test('killed after any call, it goes on to the same end, and never has two new ones', async () => {
  for (let at = 1; ; at += 4) {
    const killed = await Promise.all(
      [at, at + 1, at + 2, at + 3].map(async (one) => {
        const subject = await addAccessSubject(bench, 'group');
        let most = 0;
        const answering: Answering = async (call) => {
          const answered = await call();
          most = Math.max(most, liveOf(bench, subject).length);
          return answered;
        };
        const was = await killedAt(bench, subject, one, 'after', { answering });
        await runSaga(bench, subject, { answering });
        expect({ one, most, ...(await accessEndOf(bench, subject)) }).toEqual({ one, most: 2, ...ACCESS_ROTATED });
        return was;
      }),
    );
    if (killed.includes(false)) break;
  }
});

test('one that can’t be revoked: all is undone, also by a Registrar that is killed at any moment of it', async () => {
  for (let at = 1; ; at += 4) {
    const killed = await Promise.all(
      [at, at + 1, at + 2, at + 3].map(async (one) => {
        const subject = await addAccessSubject(bench, 'project');
        const was = await killedAt(bench, subject, one, 'after', keepOld(subject));
        await runSaga(bench, subject, keepOld(subject));
        expect({ one, ...(await accessEndOf(bench, subject)) }).toEqual({ one, ...ACCESS_AS_BEFORE });
        return was;
      }),
    );
    if (killed.includes(false)) break;
  }
});

test.each([
  ['a Reporter’s is proven by pull alone', 20, 'pull'],
  ['a Guest’s, who may not pull, by a login', 10, undefined],
] as const)('%s', async (_, level, actions) => {
  const subject = await addAccessSubject(bench, 'project', { level });
  const from = bench.lab.gitlab.requests.length;
  await runSaga(bench, subject);
  expect((await bench.store.journal(subject.plan.id))?.end?.is).toBe('done');
  const scopes = bench.lab.gitlab.requests
    .slice(from)
    .flatMap(({ path }) => new URL(path, 'http://gitlab').searchParams.getAll('scope'));
  expect(scopes).toEqual(actions === undefined ? [] : [expect.stringMatching(new RegExp(`:${actions}$`))]);
});

test('a consumer outside that can’t be read gets the old token back: any name goes with its secret', async () => {
  const name = 'the credential registry of jenkins.example.com';
  const subject = await addAccessSubject(bench, 'project');
  const journal = await bench.store.journal(subject.plan.id);
  if (journal === undefined) throw new Error('it was begun');
  journal.plan.outside.push(name);
  await bench.store.save(journal);
  const consumer = fakeConsumer(name);
  consumer.isBlind = true;
  await runSaga(bench, subject, { given: { outside: [consumer] }, ...keepOld(subject) });
  expect(consumer.login?.token).toBe(subject.old.token);
  expect(await accessEndOf(bench, subject)).toEqual(ACCESS_AS_BEFORE);
});

test('Registrar’s own token is none of those that it rotates: it would revoke itself', async () => {
  const { gitlab } = bench.lab;
  const project = gitlab.addProject('shop/own-token');
  const options = { name: 'registrar', scopes: ['api', 'read_registry'], level: 40 } as const;
  const own = gitlab.addAccessToken(project, options);
  const other = gitlab.addAccessToken(project, { ...options, name: 'ci' });
  const asOwn = openGitLab(gitlab.url, own.token, bench.http);
  const owner = { kind: 'project', id: project.id, path: project.fullPath } as const;
  expect((await tokensOf(asOwn, owner)).map(({ id }) => id)).toEqual([other.id]);
});
