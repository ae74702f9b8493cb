import type { Answer } from '../../src/chat/answer.js';
import type { Running } from '../../src/running.js';
import { ANA } from '../rotation/bench.js';
import {
  BOB,
  type BulkBench,
  buttonValue,
  CARL,
  fileOf,
  isEnd,
  KEPT,
  type Pair,
  REPLACED,
  startBulk,
  stateOf,
} from './bulk-bench.js';

/** Many rotations as one: dispatcher, queues, real workers, GitLab's double and the real registry. */

let bench: BulkBench;
let worker: Running;
let serial = 0;

beforeAll(async () => {
  bench = await startBulk();
  worker = await bench.startWorker();
  // What was there before the registry moves is what becomes stale.
  await bench.plan();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.configure();
  bench.lab.gitlab.deployTokens.splice(0);
});

/** So many projects with stale tokens, in a group of their own, and so many in another. */
async function stale(count: number, others = 0): Promise<{ group: string; pairs: Pair[]; elsewhere: Pair[] }> {
  const group = `group-${++serial}`;
  const pairs = Array.from({ length: count }, (_, at) => bench.addPair(`${group}/p${at}`));
  const elsewhere = Array.from({ length: others }, (_, at) => bench.addPair(`other-${serial}/p${at}`));
  await bench.plan();
  await bench.move();
  return { group, pairs, elsewhere };
}

const messageOf = (id: string) => `bulk ${id}`;
const said = (id: string, fits: (answer: Answer) => boolean) => bench.ear.of(messageOf(id), fits, 60_000);
const states = (pairs: readonly Pair[]) => pairs.flatMap((pair) => stateOf(bench.lab, pair));
const titlesOf = (key: string) => bench.ear.replies.filter((one) => one.key === key).map(({ answer }) => answer.title);

async function approved(id: string): Promise<void> {
  await bench.press('ask', id, ANA);
  await said(id, ({ title }) => title.startsWith('Rotate '));
  await bench.press('approve', id, BOB);
}

test('what is stale is found, asked for by one, approved by another, replaced; what fails is undone and listed', async () => {
  const { pairs } = await stale(6);
  const { gitlab } = bench.lab;
  const [first, second] = pairs;
  if (first === undefined || second === undefined) throw new Error('there are six');
  gitlab.addDeployToken(first.project, { name: 'newer', scopes: ['read_registry'] });
  gitlab.addDeployToken(second.project, { name: 'of packages', scopes: ['read_package_registry'] });

  const { answer, id } = await bench.plan();
  expect(answer.title).toBe('lab: 12 tokens in 6 projects are older than the registry’s address');
  const listed = await bench.ear.of(await bench.hand({ step: 'show', bulkId: id, person: ANA }), () => true);
  const tokens = pairs.flatMap(({ project, tokens }) =>
    tokens.map((one) => `project,${project.fullPath},deploy ${one.id}`),
  );
  expect(
    fileOf(listed)
      .slice(1)
      .map((line) => line.split(',').slice(0, 3).join(',')),
  ).toEqual(tokens);

  await bench.press('ask', id, ANA);
  const asked = await said(id, ({ title }) => title === 'Rotate 12 tokens in 6 projects?');
  expect(JSON.stringify(asked)).toContain('One of these approves: bob.');
  const own = await bench.press('approve', id, ANA);
  const refused = await bench.ear.of(own, () => true);
  expect(refused).toMatchObject({ title: 'Who asked can’t approve it: that takes a second person', quiet: true });
  expect(states(pairs)).toEqual(Array(12).fill(KEPT));

  gitlab.fail(`PUT /api/v4/projects/${second.project.id}/variables/DEPLOY_PASSWORD`, 400, 1, {
    body: JSON.stringify({ message: { value: ['is invalid'] } }),
  });
  await bench.press('approve', id, BOB);
  const end = await said(id, isEnd);
  expect(end.title).toBe('Done: 11 of 12 tokens replaced, 1 failed and undone');
  expect(JSON.stringify(end.parts)).toContain('is invalid');
  const failed = fileOf(end).filter((line) => line.includes(',failed,'));
  expect(failed).toEqual([expect.stringContaining(`project,${second.project.fullPath},deploy ${second.tokens[1].id}`)]);
  expect(fileOf(end)).toHaveLength(13);
  expect(states(pairs)).toEqual(pairs.flatMap((pair) => [REPLACED, pair === second ? KEPT : REPLACED]));
  const titles = titlesOf(messageOf(id));
  expect(titles.at(-1)).toBe(end.title);
  expect(titles).toContainEqual('Rotating: 0 of 12 tokens');

  // Pressed once more, and by somebody who comes late: nothing happens.
  const before = gitlab.requests.length;
  await bench.press('approve', id, BOB);
  await bench.press('cancel', id, BOB);
  await bench.plan('shop', ANA);
  expect(gitlab.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(titlesOf(messageOf(id)).at(-1)).toBe(end.title);
});

test('nobody but rotation.people sees, asks or approves; a stranger is told aside', async () => {
  const { pairs } = await stale(1);
  const { id } = await bench.plan();
  for (const step of ['ask', 'approve', 'cancel', 'pause', 'hurry'] as const) {
    const answer = await bench.ear.of(await bench.press(step, id, CARL), () => true);
    expect(answer).toMatchObject({ title: 'You may not rotate many tokens of lab at once', quiet: true });
  }
  const listed = await bench.ear.of(await bench.hand({ step: 'show', bulkId: id, person: CARL }), () => true);
  expect(listed.title).toBe('You may not rotate many tokens of lab at once');
  const whole = await bench.plan(undefined, CARL);
  expect(whole.answer.title).toBe('You may not rotate many tokens of lab at once');
  expect(titlesOf(messageOf(id))).toEqual([]);
  expect(states(pairs)).toEqual([KEPT, KEPT]);
});

test('one group of a longer list is a list of its own', async () => {
  const { group, pairs, elsewhere } = await stale(2, 1);
  const { id } = await bench.plan();
  const chosen = await bench.ear.of(await bench.hand({ step: 'choose', bulkId: id, person: ANA }), () => true);
  expect(chosen.title).toBe('Which of them? 2 groups have some');
  const value = buttonValue(chosen, 'bulk-group');
  expect(value).toBe(`${id} ${group}`);
  const narrowed = await bench.ear.of(await bench.hand({ step: 'narrow', bulkId: id, group, person: ANA }), () => true);
  expect(narrowed.title).toBe(`${group}: 4 tokens in 2 projects are older than the registry’s address`);
  const part = buttonValue(narrowed, 'bulk-ask');
  await approved(part);
  expect((await said(part, isEnd)).title).toBe('Done: 4 of 4 tokens replaced');
  expect(states(pairs)).toEqual(Array(4).fill(REPLACED));
  expect(states(elsewhere)).toEqual([KEPT, KEPT]);
});

test('approved twice at the same moment, with two workers, each token is replaced once', async () => {
  const { pairs } = await stale(4);
  const second = await bench.startWorker();
  const { id } = await bench.plan();
  await bench.press('ask', id, ANA);
  await said(id, ({ title }) => title.startsWith('Rotate '));
  const from = bench.lab.gitlab.requests.length;
  await Promise.all([bench.press('approve', id, BOB), bench.press('approve', id, BOB)]);
  expect((await said(id, isEnd)).title).toBe('Done: 8 of 8 tokens replaced');
  expect(states(pairs)).toEqual(Array(8).fill(REPLACED));
  expect(callsOf('POST', 'deploy_tokens', from)).toBe(8);
  expect(callsOf('DELETE', 'deploy_tokens/', from)).toBe(8);
  await second.stop();
});

const callsOf = (method: string, path: string, from: number) =>
  bench.lab.gitlab.requests.slice(from).filter((one) => one.method === method && one.path.includes(path)).length;

test('a token that somebody removed meanwhile is skipped', async () => {
  const { pairs } = await stale(2);
  const { id } = await bench.plan();
  const { deployTokens } = bench.lab.gitlab;
  const gone = pairs[0]?.tokens[0].id;
  deployTokens.splice(0, deployTokens.length, ...deployTokens.filter((one) => one.id !== gone));
  await approved(id);
  const end = await said(id, isEnd);
  expect(end).toMatchObject({ title: 'Done: 3 of 4 tokens replaced', mark: 'warn' });
  expect(fileOf(end).filter((line) => line.includes(',skipped,'))).toEqual([
    expect.stringContaining('it is gone: somebody else removed or replaced it'),
  ]);
  expect(states(pairs).slice(1)).toEqual(Array(3).fill(REPLACED));
});

test('paused it stands still, resumed it goes on, cancelled it skips the rest; what has begun is carried to its end', async () => {
  const { pairs } = await stale(20);
  const { gitlab } = bench.lab;
  const { id } = await bench.plan();
  // All that have their turn first are held before they make a token.
  const held = Array.from({ length: 8 }, () => gitlab.delayNext('POST /api/v4/projects/*/deploy_tokens'));
  await approved(id);
  await Promise.all(held.map(({ arrived }) => arrived));
  await bench.press('pause', id, ANA);
  const paused = await said(id, ({ title }) => title.startsWith('Paused'));
  expect(buttonValue(paused, 'bulk-resume')).toBe(id);
  for (const one of held) one.release();
  await said(id, ({ title }) => title === 'Paused: 8 of 40 tokens');
  expect(states(pairs).filter(({ replaced }) => replaced)).toHaveLength(8);

  const again = Array.from({ length: 8 }, () => gitlab.delayNext('POST /api/v4/projects/*/deploy_tokens'));
  await bench.press('resume', id, BOB);
  await Promise.all(again.map(({ arrived }) => arrived));
  await bench.press('cancel', id, BOB);
  const cancelling = await said(id, ({ title }) => title.startsWith('Cancelling'));
  expect(JSON.stringify(cancelling)).toContain('What has begun is carried to its end');
  for (const one of again) one.release();
  const end = await said(id, isEnd);
  expect(end.title).toBe('Cancelled: 16 of 40 tokens replaced');
  expect(fileOf(end).filter((line) => line.includes('the rest was cancelled'))).toHaveLength(24);
  expect(states(pairs).filter(({ replaced }) => replaced)).toHaveLength(16);
  expect(states(pairs).every(({ live, held: isHeld }) => live === 1 && isHeld)).toBe(true);
}, 120_000);

test('with hours of silence to wait for, all tokens are in use and wait; [Revoke now] ends it', async () => {
  const { pairs } = await stale(3);
  await bench.configure('quietHours: 24');
  const { id } = await bench.plan();
  await approved(id);
  const waiting = await said(id, (one) => JSON.stringify(one).includes('the old one still in force","text":"6"'));
  expect(buttonValue(waiting, 'bulk-hurry')).toBe(id);
  const { gitlab } = bench.lab;
  for (const { project, tokens } of pairs) {
    expect(gitlab.deployTokensOf(project)).toHaveLength(4);
    for (const old of tokens) expect(gitlab.findVariable(project, `${old.name}_PASSWORD`)?.value).not.toBe(old.token);
  }
  await bench.press('hurry', id, BOB);
  expect((await said(id, isEnd)).title).toBe('Done: 6 of 6 tokens replaced');
  expect(states(pairs)).toEqual(Array(6).fill(REPLACED));
});

test('tokens that share a docker configuration are replaced in it one after the other', async () => {
  const { gitlab } = bench.lab;
  const { pairs } = await stale(2);
  const [one, other] = pairs;
  if (one === undefined || other === undefined) throw new Error('there are two');
  const host = new URL(bench.lab.host.registryUrl).host;
  const entry = ({ username, token }: Pair['tokens'][number]) => ({
    auth: Buffer.from(`${username}:${token}`).toString('base64'),
  });
  const auths = (tokens: Pair['tokens'], names: [string, string]) => ({
    'docker.io': { auth: 'b3RoZXI6b3RoZXI=' },
    [names[0]]: entry(tokens[0]),
    [names[1]]: entry(tokens[1]),
  });
  const key = 'DOCKER_AUTH_CONFIG';
  gitlab.addVariable(one.project, { key, value: JSON.stringify({ auths: auths(one.tokens, [host, `${host}/two`]) }) });
  const group = gitlab.groups.find(({ fullPath }) => one.project.fullPath.startsWith(`${fullPath}/`));
  const bot = gitlab.findUser('registrar-bot');
  if (group === undefined || bot === undefined) throw new Error('the project has a group');
  gitlab.addMember(group, bot, 50);
  // Of the group: one token of each of its projects.
  const shared = JSON.stringify({ auths: auths([one.tokens[0], other.tokens[0]], [`${host}/p0`, `${host}/p1`]) });
  gitlab.addVariable(group, { key, value: shared });
  const { id } = await bench.plan();
  await approved(id);
  expect((await said(id, isEnd)).title).toBe('Done: 4 of 4 tokens replaced');
  expect(states(pairs)).toEqual(Array(4).fill(REPLACED));
  const passwords = (holder: Parameters<typeof gitlab.findVariable>[0]) => {
    const value = JSON.parse(gitlab.findVariable(holder, key)?.value ?? '') as {
      auths: Record<string, { auth: string }>;
    };
    return Object.values(value.auths).map(({ auth }) => Buffer.from(auth, 'base64').toString().split(':')[1]);
  };
  const now = (pair: Pair, at: 0 | 1) => gitlab.findVariable(pair.project, `${pair.tokens[at].name}_PASSWORD`)?.value;
  expect(passwords(one.project)).toEqual(['other', now(one, 0), now(one, 1)]);
  expect(passwords(group)).toEqual(['other', now(one, 0), now(other, 0)]);
});

test('a worker process that is killed in the middle is replaced by another one: each token is replaced once', async () => {
  const { pairs } = await stale(4);
  const { gitlab } = bench.lab;
  const { id } = await bench.plan();
  await worker.stop();
  const killed = await bench.startProcess();
  // Some have made a token, some have written, and one was refused nothing yet: whatever is under way stays so.
  const writing = gitlab.delayNext('PUT /api/v4/projects/*/variables/*', 'after');
  const revoking = gitlab.delayNext('DELETE /api/v4/projects/*/deploy_tokens/*', 'after');
  const from = gitlab.requests.length;
  await approved(id);
  await Promise.all([writing.arrived, revoking.arrived]);
  await killed.kill();
  writing.release();
  revoking.release();
  worker = await bench.startWorker();
  // Redis gives the dead worker's jobs to others when their locks have run out.
  expect((await said(id, isEnd)).title).toBe('Done: 8 of 8 tokens replaced');
  expect(states(pairs)).toEqual(Array(8).fill(REPLACED));
  for (const { project } of pairs) expect(gitlab.deployTokensOf(project)).toHaveLength(2);
  expect(callsOf('DELETE', 'deploy_tokens/', from)).toBeGreaterThanOrEqual(8);
}, 120_000);

test('a group’s variable with the registry’s address is moved by one of them, and holds up none', async () => {
  const { gitlab } = bench.lab;
  const group = `group-${++serial}`;
  const pairs = Array.from({ length: 4 }, (_, at) => bench.addPair(`${group}/p${at}`));
  const [first] = pairs;
  const bot = gitlab.findUser('registrar-bot');
  const holder = gitlab.groups.find(({ fullPath }) => fullPath === group);
  if (first === undefined || bot === undefined || holder === undefined) throw new Error('there is a group');
  gitlab.addMember(holder, bot, 50);
  gitlab.addVariable(holder, { key: 'REGISTRY_URL', value: bench.lab.host.registryUrl });
  await bench.plan();
  await bench.move();
  const from = gitlab.requests.length;
  const { id } = await bench.plan();
  await approved(id);
  expect((await said(id, isEnd)).title).toBe('Done: 8 of 8 tokens replaced');
  expect(states(pairs)).toEqual(Array(8).fill(REPLACED));
  expect(gitlab.findVariable(holder, 'REGISTRY_URL')?.value).toBe(bench.lab.host.registryUrl);
  expect(callsOf('PUT', `groups/${holder.id}/variables`, from)).toBe(1);
});
