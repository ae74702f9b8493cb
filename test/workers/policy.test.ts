import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Answer } from '../../src/chat/answer.js';
import type { Config } from '../../src/config/schema.js';
import { openConfig } from '../../src/config/source.js';
import { createLogger } from '../../src/log.js';
import { PREFIX } from '../../src/queue/connection.js';
import type { Replies } from '../../src/queue/replies.js';
import { Schedule } from '../../src/queue/schedule.js';
import { serve } from '../../src/queue/work.js';
import { PolicyStore } from '../../src/rotation/policy/store.js';
import { startWorker } from '../../src/worker.js';
import { bulkWorker } from '../../workers/bulk.js';
import { bulkTokenWorker } from '../../workers/bulk-token.js';
import type { WorkerContext } from '../../workers/context.js';
import { lookAtPolicies } from '../../workers/policy.js';
import type { Project } from '../lab/gitlab/double.js';
import { Changes } from '../lab/slack/wait.js';
import { type Bench, startBench } from '../rotation/bench.js';
import { accepts } from '../rotation/saga-bench.js';

/** A real instance whose tokens get old; what would be told in the channel is written down. */

const DAY = 86_400_000;
type Told = { key: string; channel: string; answer: Answer };

let bench: Bench;
let context: WorkerContext;
let told: Told[];
let changes: Changes;
const closing: (() => Promise<void>)[] = [];
/** When the test began; the clock of Registrar is so many days ahead of that. */
let begun: number;
let ahead: number;
let policies: Record<string, unknown>[];
let groups = 0;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.stop());

beforeEach(async () => {
  await bench.redis.flushall();
  told = [];
  changes = new Changes();

  begun = Date.now();
  ahead = 0;
  const replies = {
    to:
      ({ channel }: { channel: string }, key: string) =>
      async (answer: Answer) => {
        told.push({ key, channel, answer });
        changes.emit();
      },
  } as unknown as Replies;
  const current = (): Config => {
    const config = bench.config.current();
    const withPolicies = (one: Config['instances'][number]) => ({ ...one, rotation: { ...one.rotation, policies } });
    return { ...config, instances: config.instances.map(withPolicies) } as Config;
  };
  const now = () => begun + ahead * DAY;
  context = { ...bench.worker, replies, now, config: { ...bench.config, current } };
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A project in a group of its own, with a token that a variable holds, and a policy for the group. */
function addProject(policy: Record<string, unknown> = {}) {
  const group = `policy-${++groups}`;
  const { gitlab } = bench.lab;
  const project = gitlab.addProject(`${group}/api`);
  const old = gitlab.addDeployToken(project, { name: 'ci push', scopes: ['read_registry', 'write_registry'] });
  gitlab.addVariable(project, { key: 'REGISTRY_USER', value: old.username });
  gitlab.addVariable(project, { key: 'REGISTRY_PASSWORD', value: old.token });
  policies = [{ path: group, everyDays: 30, notifyDays: 7, slack: 'CSHOP', ...policy }];
  return { project, old };
}

/** Takes up the bulk's jobs, as the workers do. */
function serveBulks(): void {
  const workers = [serve('bulk', bulkWorker(context), context), serve('bulk-token', bulkTokenWorker(context), context)];
  closing.push(...workers.map((worker) => () => worker.close()));
}

/** What the look says; a run that has ended may say so once more at any time. */
async function lookOn(day: number): Promise<string[]> {
  ahead = day;
  const before = told.length;
  await lookAtPolicies('lab', context);
  return told
    .slice(before)
    .map(({ answer }) => answer.title)
    .filter((title) => !title.startsWith('Done'));
}

const ended = () =>
  changes.waitFor(() => told.find(({ answer }) => /^Done/.test(answer.title))?.answer, {
    timeoutMs: 30_000,
    what: 'the end of a bulk',
  });
const saying = (title: string) =>
  changes.waitFor(() => told.find(({ answer }) => answer.title === title)?.answer, { timeoutMs: 30_000, what: title });
const dayIn = (days: number) => new Date(begun + days * DAY).toISOString().slice(0, 10);
const tokensOf = (project: Project) => bench.lab.gitlab.deployTokensOf(project);

test('what gets old is announced, replaced on its day without anybody’s asking, and young again', async () => {
  const { project, old } = addProject();
  serveBulks();
  expect(await lookOn(0)).toEqual([]);
  expect(await lookOn(22)).toEqual([]);
  expect(await lookOn(23)).toEqual([`${policies[0]?.path}: 1 token will be replaced on ${dayIn(30)}`]);
  expect(JSON.stringify(told.at(-1))).toContain(`“ci push” of ${project.fullPath}: at least 23 days old`);
  expect([await lookOn(23), await lookOn(24), await lookOn(29)]).toEqual([[], [], []]);
  expect(tokensOf(project)).toMatchObject([{ id: old.id }]);
  const [first, ...more] = await lookOn(30);
  expect([first, ...more]).toEqual(['Rotating: 0 of 1 tokens', expect.stringMatching(/1 token, replaced on /)]);
  expect(await ended()).toMatchObject({ mark: 'pass', title: 'Done: 1 of 1 tokens replaced' });
  const [fresh] = tokensOf(project);
  expect(fresh?.id).toBeGreaterThan(old.id);
  expect(await accepts(bench, { project }, old.username, old.token)).toBe('refused with 401');
  const values = bench.lab.gitlab.variables.filter(({ holder }) => holder === project).map(({ value }) => value);
  expect(values).toEqual([fresh?.username, fresh?.token]);
  expect([await lookOn(30), await lookOn(31), await lookOn(52)]).toEqual([[], [], []]);
  // Made by Registrar itself on day 30: known, not guessed.
  expect(await lookOn(53)).toEqual([`${policies[0]?.path}: 1 token will be replaced on ${dayIn(60)}`]);
  expect(told.filter(({ answer }) => JSON.stringify(answer).includes('23 days old"'))).toHaveLength(1);
  expect(new Set(told.map(({ channel }) => channel))).toEqual(new Set(['CSHOP']));
  expect(bench.logged.join()).toContain('"audit":"policy"');
});

test('only the tokens that are meant: by the beginning of their names, for the registry, and never Registrar’s own', async () => {
  const { project } = addProject({ name: 'ci' });
  const { gitlab } = bench.lab;
  gitlab.addDeployToken(project, { name: 'ci packages', scopes: ['read_package_registry'] });
  gitlab.addDeployToken(project, { name: 'laptop', scopes: ['read_registry'] });
  gitlab.addAccessToken(project, { name: 'ci access', scopes: ['read_registry'] });
  const own = gitlab.addAccessToken(project.group, {
    name: 'ci registrar',
    scopes: ['api', 'read_registry'],
    level: 50,
  });
  context = { ...context, config: { ...context.config, secret: () => own.token } };
  await lookOn(0);
  await lookOn(23);
  const words = JSON.stringify(told);
  expect(words).toContain('ci push');
  expect(words).toContain('ci access');
  for (const other of ['ci packages', 'laptop', 'ci registrar']) expect(words).not.toContain(other);
});

test('a token that came between two looks is as old as the bracket says', async () => {
  const { project } = addProject();
  await lookOn(0);
  bench.lab.gitlab.addDeployToken(project, { name: 'later', scopes: ['read_registry'] });
  await lookOn(3);
  await lookOn(23);
  expect(JSON.stringify(told)).toContain('20 to 23 days old (by its number)');
});

test('a run that failed is undone, told, and repeated on the next day only', async () => {
  const { project, old } = addProject({ notifyDays: 0 });
  serveBulks();
  await lookOn(0);
  bench.lab.gitlab.fail('POST /api/v4/projects/*/deploy_tokens', 400, 1, { body: '{"message":"no"}' });
  expect(await lookOn(30)).toEqual(['Rotating: 0 of 1 tokens']);
  expect((await ended()).title).toBe('Done: 0 of 1 tokens replaced, 1 failed and undone');
  expect(await lookOn(30)).toEqual([]);
  expect(tokensOf(project)).toMatchObject([{ id: old.id }]);
  expect(await lookOn(31)).toEqual(['Rotating: 0 of 1 tokens']);
  expect((await saying('Done: 1 of 1 tokens replaced')).mark).toBe('pass');
});

test('what has gone before its day is taken back', async () => {
  const { project } = addProject();
  await lookOn(0);
  await lookOn(23);
  bench.lab.gitlab.deployTokens.splice(bench.lab.gitlab.deployTokens.indexOf(tokensOf(project)[0] as never), 1);
  expect(await lookOn(24)).toEqual([`${policies[0]?.path}: nothing is left to replace on ${dayIn(30)}`]);
  expect(new Set(told.map(({ key }) => key)).size).toBe(1);
});

test('a policy for what there is not is told once a day, and stops no other one', async () => {
  addProject();
  policies = [{ path: 'nowhere', everyDays: 30, notifyDays: 7, slack: 'CSHOP' }, ...policies];
  await lookOn(0);
  expect(await lookOn(23)).toEqual([
    'The policy for nowhere can’t be followed: GitLab has no project or group nowhere, or hides it',
    expect.stringContaining('1 token will be replaced'),
  ]);
  expect(await lookOn(23)).toEqual([]);
});

test('a look that GitLab stands in the way of is made again the same day', async () => {
  addProject();
  await lookOn(0);
  bench.lab.gitlab.fail('GET /api/v4/groups/*', 502);
  await expect(lookOn(23)).rejects.toMatchObject({ code: 'gitlab-unreachable' });
  expect(told).toEqual([]);
  expect(await lookOn(23)).toHaveLength(1);
});

test('two workers do not look at once', async () => {
  addProject();
  const unlock = await new PolicyStore(bench.redis, 'lab').lock('another');
  expect(await lookAtPolicies('lab', context)).toBe('busy');
  await unlock?.();
  expect(await lookAtPolicies('lab', context)).toBe('settled');
});

test('a worker has the policies of each instance in its schedule, and only where there are some', async () => {
  const { lab, redis } = bench;
  const schedule = new Schedule('policies', redis, context.log);
  closing.push(() => schedule.close());
  for (const [rotation, wanted] of [
    ['{ policies: [{ path: nowhere, everyDays: 30, slack: C024BE91L }] }', new Map([['lab', 3_600_000]])],
    ['{}', new Map()],
  ] as const) {
    await lab.configure({ rotation });
    const worker = await startWorker(openConfig(lab.configPath), lab.redis?.url ?? '', createLogger('silent'));
    await worker.stop();
    expect(await schedule.scheduled()).toEqual(wanted);
  }
});

/** Commands of the stores; BullMQ's own come between them. */
const COMMANDS = new Set(['get', 'set', 'hset', 'hgetall', 'hmget', 'eval', 'del', 'zscore', 'expire']);

/** A worker that is killed at its n-th command to Redis: none is heard of again. */
function dyingAt(alive: Redis, at: number, moment: 'before' | 'after') {
  let count = 0;
  let die: () => void = () => {};
  const death = new Promise<'killed'>((resolve) => {
    die = () => resolve('killed');
  });
  const forever = () => {
    die();
    return new Promise<never>(() => {});
  };
  const redis = new Proxy(alive, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || !COMMANDS.has(String(key))) return value;
      return async (...words: unknown[]) => {
        count += 1;
        if (count === at && moment === 'before') return forever();
        const answered: unknown = await Reflect.apply(value, target, words);
        return count === at ? forever() : answered;
      };
    },
  });
  return { redis, death };
}

test.each(['before', 'after'] as const)(
  'killed %s any command on the day that it is due, it is run once',
  async (moment) => {
    const queue = new Queue('bulk-token', { connection: bench.redis, prefix: PREFIX });
    closing.push(() => queue.close());
    let kills = 0;
    for (let at = 1; ; at += 1) {
      await bench.redis.flushall();
      addProject();
      await lookOn(0);
      await lookOn(23);
      told = [];
      ahead = 30;
      const { redis, death } = dyingAt(bench.redis, at, moment);
      const end = await Promise.race([death, lookAtPolicies('lab', { ...context, redis })]);
      await bench.redis.del(`${PREFIX}:policy:lab:lock`);
      await lookOn(30);
      await lookOn(30);
      expect({ at, jobs: await queue.getJobCounts('waiting', 'delayed', 'completed', 'failed') }).toEqual({
        at,
        jobs: { waiting: 1, delayed: 0, completed: 0, failed: 0 },
      });
      expect(new Set(told.map(({ key }) => key)).size).toBe(2);
      expect(told.some(({ answer }) => answer.title === 'Rotating: 0 of 1 tokens')).toBe(true);
      if (end !== 'killed') break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(12);
  },
);
