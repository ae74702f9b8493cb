import { Queue } from 'bullmq';
import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import { PREFIX } from '../../src/queue/connection.js';
import { jobId } from '../../src/queue/dispatcher.js';
import type { JobOf } from '../../src/queue/jobs.js';
import { serve } from '../../src/queue/work.js';
import { Cancellations } from '../../src/runs/cancel.js';
import { runId } from '../../src/runs/run.js';
import { RunStore } from '../../src/runs/store.js';
import { jobsWorker } from '../../workers/jobs.js';
import { waitFor } from '../lab/host/process.js';
import { listen } from '../queue/parts.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

/** `/registry jobs` and `/registry run ID`: ana asks, bob operates the instance, carl does nothing. */

const BOB: Person = { platform: 'terminal', id: 'bob' };
const CARL: Person = { platform: 'terminal', id: 'carl' };

let bench: Bench;
let status: Queue;
let rotation: Queue;
let ear: ReturnType<typeof listen>;
beforeAll(async () => {
  bench = await startBench();
  const { lab } = bench;
  lab.gitlab.addUser({ username: 'carl' });
  const other = (name: string) => `    - gitlab: ${name}\n      terminal: ${name}\n`;
  const before = bench.config.current();
  await lab.configure({
    instance: '    operations:\n      allow: [restart]\n      people: [bob, dora]',
    extra: ['bob', 'carl'].map(other).join(''),
  });
  await waitFor('the new configuration', () => (bench.config.current() === before ? undefined : true));
  const options = { connection: bench.redis, prefix: PREFIX };
  status = new Queue('status', options);
  rotation = new Queue('rotation', options);
  ear = listen(REPLY_TO, bench.redis);
});
afterEach(() => Promise.all([status, rotation].map((queue) => queue.obliterate({ force: true }))));
afterAll(async () => {
  await Promise.all([ear.stop(), status.close(), rotation.close()]);
  await bench.stop();
});

const common = (requestId: string, asked: string, person = ANA) => ({
  ...{ requestId, asked, person },
  replyTo: REPLY_TO,
  useBy: Number.MAX_SAFE_INTEGER,
});

type Task<T> = T extends { task: string } ? Omit<T, keyof ReturnType<typeof common>> : never;
async function jobs(person: Person, what: Task<JobOf<'jobs'>>): Promise<Answer> {
  const said: Answer[] = [];
  await jobsWorker(bench.worker)({ ...common('request', 'jobs', person), ...what } as JobOf<'jobs'>, async (answer) => {
    said.push(answer);
  });
  const [answer] = said;
  if (answer === undefined || said.length > 1) throw new Error('one answer');
  return answer;
}

const list = (person: Person) => jobs(person, { task: 'list' });
const cancel = (person: Person, requestId: string) =>
  jobs(person, { task: 'cancel', run: runId(requestId), message: 'message' });
const namesOf = ({ parts }: Answer) =>
  parts.flatMap((part) => (part.kind === 'rows' ? part.rows : [])).map((row) => row.name);
const addStatus = (requestId: string, person = ANA) =>
  status.add('status', { ...common(requestId, 'status lab', person), task: 'look' }, { jobId: jobId(requestId) });
const addRotation = (requestId: string) =>
  rotation.add(
    'rotation',
    { ...common(requestId, 'rotate-token shop/api'), step: 'plan', project: 'shop/api' },
    { jobId: jobId(requestId) },
  );

test('what waits is listed to who asked, and to who operates an instance with the name of who asked', async () => {
  await addStatus('list-1');
  await addRotation('list-2');
  expect(namesOf(await list(ANA)).sort()).toEqual(['rotate-token shop/api', 'status lab']);
  const operators = await list(BOB);
  expect(namesOf(operators)).toHaveLength(2);
  expect(JSON.stringify(operators)).toContain(`by terminal ${ANA.id}`);
  expect(await list(CARL)).toMatchObject({ title: 'Nothing is under way', quiet: true });
});

test('what waits is cancelled before it begins, and its own message says so', async () => {
  await addStatus('waits-1');
  expect(JSON.stringify(await cancel(ANA, 'waits-1'))).toContain('is cancelled');
  await ear.of('waits-1', ({ title }) => title === 'Cancelled');
  expect(await status.getJob(jobId('waits-1'))).toBeUndefined();
});

test('a stranger learns nothing of it, and cancels nothing; an operator may', async () => {
  await addStatus('other-1');
  expect(JSON.stringify(await cancel(CARL, 'other-1'))).toContain('has ended already');
  expect(await status.getJob(jobId('other-1'))).toBeDefined();
  expect(JSON.stringify(await cancel(BOB, 'other-1'))).toContain('is cancelled');
  expect(await status.getJob(jobId('other-1'))).toBeUndefined();
});

test('what runs is cancelled where it runs, whichever worker that is', async () => {
  const cancellations = new Cancellations(bench.redis);
  let take = () => {};
  const taken = new Promise<void>((resolve) => {
    take = resolve;
  });
  const runs = { store: new RunStore(bench.redis, Date.now), cancellations };
  const worker = serve(
    'status',
    () => {
      take();
      return new Promise(() => {});
    },
    { ...bench.worker, runs },
  );
  const over = new Promise<void>((resolve) => void worker.once('completed', () => resolve()));
  try {
    await addStatus('runs-1');
    await taken;
    expect(JSON.stringify(await list(ANA))).toContain('runs since');
    expect(JSON.stringify(await cancel(ANA, 'runs-1'))).toContain('is cancelled');
    await ear.of('runs-1', ({ title }) => title === 'Cancelled');
    await over;
    const told = await jobs(ANA, { task: 'run', run: runId('runs-1') });
    expect(told.title).toBe(`Run ${runId('runs-1')} was cancelled`);
  } finally {
    await worker.close();
    cancellations.close();
  }
});

test('what has begun to change something goes on, and the person is told where its buttons are', async () => {
  const job = await addRotation('changes-1');
  await job.updateData({ ...job.data, step: 'run', planId: 'plan', message: 'the message' });
  await bench.redis.hset(`${PREFIX}:rotation:${job.id}`, 'ats', '1');
  expect(JSON.stringify(await cancel(ANA, 'changes-1'))).toContain('has begun to change something');
  expect(await rotation.getJob(jobId('changes-1'))).toBeDefined();
});

test('a run is read by who asked, by who asked the same, and by operators; to others there is none', async () => {
  const store = new RunStore(bench.redis, Date.now);
  await store.begin('0a0b0c0d', { queue: 'status', asked: 'status lab', person: ANA });
  const read = (person: Person) => jobs(person, { task: 'run', run: '0a0b0c0d' });
  for (const person of [ANA, BOB]) expect(await read(person)).toMatchObject({ title: 'Run 0a0b0c0d is under way' });
  await expect(read(CARL)).rejects.toMatchObject({ code: 'not-found' });
  await store.joined('0a0b0c0d', CARL);
  expect(await read(CARL)).toMatchObject({ quiet: true });
});
