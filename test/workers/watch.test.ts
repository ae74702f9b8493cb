import type { Answer } from '../../src/chat/answer.js';
import type { Config } from '../../src/config/schema.js';
import type { Replies } from '../../src/queue/replies.js';
import { WatchStore } from '../../src/watch/store.js';
import { attendWorker } from '../../workers/attend.js';
import type { WorkerContext } from '../../workers/context.js';
import { statusWorker } from '../../workers/status.js';
import { watchOnce } from '../../workers/watch.js';
import { waitFor } from '../lab/host/process.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

/** A real instance that is looked at again and again; what would be told in the channel is written down. */

let bench: Bench;
let context: WorkerContext;
let told: { key: string; under?: string; answer: Answer }[];

beforeAll(async () => {
  bench = await startBench();
  const isYoung = async () => / 0s[;,\n]/.test((await bench.lab.host.ctl(['status'])).stdout);
  await waitFor('services older than a second', async () => ((await isYoung()) ? undefined : true));
});
afterAll(() => bench.stop());

beforeEach(async () => {
  await bench.redis.flushall();
  told = [];
  const replies = {
    to:
      ({ under }: { under?: string }, key: string) =>
      async (answer: Answer) =>
        void told.push({ key, answer, ...(under === undefined ? {} : { under }) }),
  } as unknown as Replies;
  const current = (): Config => {
    const config = bench.config.current();
    return { ...config, instances: config.instances.map((one) => ({ ...one, watch: { slack: 'COPS', minutes: 5 } })) };
  };
  context = { ...bench.worker, replies, config: { ...bench.config, current } };
});

const look = () => watchOnce('lab', context);
const titles = () => told.map(({ answer }) => answer.title);
const common = { requestId: 'request', person: ANA, replyTo: REPLY_TO, useBy: Number.MAX_SAFE_INTEGER };

test('a registry that breaks and recovers is one message, edited, with a word in its thread', async () => {
  expect(await look()).toBe('settled');
  expect(told).toEqual([]);
  const repair = await bench.lab.break('registry-stopped');
  expect(await look()).toBe('doubtful');
  expect(told).toEqual([]);
  expect(await look()).toBe('settled');
  expect(titles()).toEqual([expect.stringMatching(/^lab: the registry is down: registry /)]);
  expect(JSON.stringify(told)).toContain('gitlab-ctl start registry');
  await look();
  expect(told).toHaveLength(1);
  await repair();
  await look();
  await look();
  expect(titles().slice(1)).toEqual([
    expect.stringMatching(/^lab: all is well again, after/),
    expect.stringMatching(/^All is well again/),
  ]);
  const [first, last, note] = told;
  expect(last?.key).toBe(first?.key);
  expect(note?.under).toBe(first?.key);
});

test('what was kept and not told, because it was killed in between, is told at the next look', async () => {
  const repair = await bench.lab.break('registry-stopped');
  const dying = { ...context, replies: { to: () => () => Promise.reject(new Error('killed')) } as unknown as Replies };
  await look();
  await expect(watchOnce('lab', dying)).rejects.toThrow('killed');
  await look();
  await repair();
  expect(titles()).toEqual([expect.stringMatching(/^lab: the registry is down/)]);
});

test('an incident can be taken and silenced: its message says so, and its thread is quiet', async () => {
  const repair = await bench.lab.break('registry-stopped');
  await look();
  await look();
  const incident = (await new WatchStore(bench.redis, 'lab').kept()).incident?.id ?? '';
  const said: Answer[] = [];
  const attend = attendWorker(context);
  for (const task of ['mine', 'silence'] as const)
    await attend({ ...common, task, instance: 'lab', incident }, async (answer) => void said.push(answer));
  expect(said).toEqual([]);
  expect(JSON.stringify(told.at(-1))).toContain('ana looks after it · silenced by ana');
  await repair();
  await look();
  await look();
  const attempts = (await context.audit.recent([{ instance: 'lab' }], 20)).filter(({ id }) => id === incident);
  expect(attempts.map(({ action, outcome, details, by }) => [action, outcome, details, by.gitlab])).toEqual([
    ['incident', 'granted', 'silenced', 'ana'],
    ['incident', 'granted', 'taken', 'ana'],
  ]);
  expect(titles().at(-1)).toMatch(/^lab: all is well again/);
  expect(told.filter(({ under }) => under !== undefined)).toEqual([]);
  await attend({ ...common, task: 'mine', instance: 'lab', incident }, async (answer) => void said.push(answer));
  expect(said).toMatchObject([{ title: 'This incident is over' }]);
});

test('in maintenance nobody is told; status says so; afterwards what is still broken is told', async () => {
  const said: Answer[] = [];
  const say = async (answer: Answer) => void said.push(answer);
  await attendWorker(context)(
    { ...common, task: 'maintenance', instance: 'lab', minutes: 120, reason: 'a new disk' },
    say,
  );
  expect(said.at(-1)?.title).toMatch(/^lab is in maintenance until .* UTC$/);
  const repair = await bench.lab.break('registry-stopped');
  await look();
  await look();
  expect(told).toEqual([]);
  await statusWorker(context)({ ...common, task: 'look' }, say);
  expect(JSON.stringify(said.at(-1))).toContain('by ana: a new disk');
  await attendWorker(context)({ ...common, task: 'maintenance-end', instance: 'lab' }, say);
  await look();
  await look();
  await repair();
  expect(titles()).toHaveLength(1);
});

test('somebody whom nobody knows can’t silence anything', async () => {
  const job = { ...common, person: { platform: 'terminal' as const, id: 'mallory' }, task: 'silence' as const };
  await expect(attendWorker(context)({ ...job, instance: 'lab', incident: '1' }, async () => {})).rejects.toMatchObject(
    {
      code: 'not-allowed',
    },
  );
});

test('maintenance is in the audit trail; what can’t be recorded does not begin', async () => {
  const job = { ...common, task: 'maintenance', instance: 'lab', minutes: 120 } as const;
  await attendWorker(context)(
    { ...job, requestId: 'm1', reason: 'the disk, glpat-abcdefghij0123456789' },
    async () => {},
  );
  const [entry] = await context.audit.recent([{ instance: 'lab' }], 1);
  expect(entry).toMatchObject({
    action: 'maintenance',
    outcome: 'granted',
    details: 'begun, for 120 minutes: the disk, [redacted]',
  });
  const store = new WatchStore(bench.redis, 'lab');
  await store.endMaintenance();
  await bench.redis.del('{registrar}:audit');
  await bench.redis.set('{registrar}:audit', 'no stream');
  const begun = attendWorker(context)({ ...job, requestId: 'm2', reason: 'again' }, async () => {});
  await expect(begun).rejects.toMatchObject({ code: 'audit-failed' });
  expect(await store.maintenance()).toBeUndefined();
});

test('a registry that moves is told once, with the tokens that stop matching', async () => {
  await look();
  const undo = await bench.lab.break('reconfigure-forgotten');
  await look();
  await look();
  await undo();
  const moved = told.filter(({ key }) => key.includes('-url-'));
  expect(moved.map(({ answer }) => answer.title)).toEqual(['lab: the registry’s address has changed']);
  expect(JSON.stringify(moved)).toMatch(
    /registry_external_url of gitlab\.rb.*127\.0\.0\.1:\d+ → .*1 deploy token of this GitLab is older/,
  );
});

test('the history tells what the looks saw, and a status says how old the last one is', async () => {
  await look();
  const said: Answer[] = [];
  const say = async (answer: Answer) => void said.push(answer);
  await statusWorker(context)({ ...common, task: 'history', days: 7 }, say);
  expect(said.at(-1)).toMatchObject({ mark: 'pass', title: expect.stringMatching(/^lab: fine in 100 % of 1 looks/) });
  await statusWorker(context)({ ...common, task: 'look' }, say);
  expect(JSON.stringify(said[1])).toMatch(/As it was \d+ s ago: lab: the registry works/);
});

test('two workers do not look at once', async () => {
  const [one, other] = await Promise.all([look(), look()]);
  expect([one, other].sort()).toEqual(['busy', 'settled']);
});
