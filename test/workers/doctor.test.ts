import { Queue, Worker } from 'bullmq';
import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import { PREFIX } from '../../src/queue/connection.js';
import type { JobOf } from '../../src/queue/jobs.js';
import type { Replies } from '../../src/queue/replies.js';
import { doctorWorker } from '../../workers/doctor.js';
import { BOB, CARL } from '../operations/bench.js';
import { ANA, type Bench, REPLY_TO, startBench } from '../rotation/bench.js';

/** A job that failed for good, as a worker leaves it behind that was killed too often. */
let bench: Bench;
let queue: Queue;
beforeAll(async () => {
  bench = await startBench();
  bench.lab.gitlab.addUser({ username: 'carl', email: 'carl@example.com' });
  await bench.lab.configure({
    instance: '    operations: { allow: [restart], people: [ana, bob] }',
    extra: '    - { gitlab: bob, terminal: bob }\n    - { gitlab: carl, terminal: carl }\n',
  });
  queue = new Queue('status', { connection: bench.redis, prefix: PREFIX });
});
afterAll(async () => {
  await queue.close();
  await bench.stop();
});

async function failOne(id: string): Promise<void> {
  await queue.add('status', {}, { jobId: id });
  const worker = new Worker('status', () => Promise.reject(new Error('token=glpat-abcdefghij0123456789')), {
    connection: bench.redis,
    prefix: PREFIX,
  });
  await new Promise((resolve) => worker.once('failed', resolve));
  await worker.close();
}

async function doctor(asked: Pick<JobOf<'doctor'>, 'task'> & { person?: Person; requestId?: string; all?: boolean }) {
  const [answers, asides]: Answer[][] = [[], []];
  const replies = { to: () => async (one: Answer) => void asides?.push(one) } as unknown as Replies;
  const { person = ANA, requestId = 'request', ...more } = asked;
  const job = { requestId, person, replyTo: REPLY_TO, useBy: 9e15, message: 'message', ...more };
  await doctorWorker({ ...bench.worker, replies })(job, async (one) => void answers?.push(one));
  return { answers: answers ?? [], asides: asides ?? [], last: answers?.at(-1) };
}

const labels = (one: Answer | undefined) =>
  one?.parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons.map(({ label }) => label) : []));

test('anybody may look: first that it looks, then what it saw, without a secret and without a write', async () => {
  const from = bench.lab.gitlab.requests.length;
  const { answers, last } = await doctor({ task: 'look', person: { platform: 'slack', id: 'U0NOBODY' } });
  expect(answers.map(({ mark }) => mark)).toEqual(['running', 'fail']);
  // Nobody serves the queues of this test.
  expect(last?.title).toBe('Registrar needs help: no worker runs');
  expect(JSON.stringify(last)).toContain('registrar worker');
  expect(labels(last)).toEqual(['Look again', 'Details']);
  expect(bench.lab.gitlab.requests.slice(from).filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('failed jobs: told without the secret of their error, and tried again by whoever operates an instance', async () => {
  await failOne('failed-1');
  const { last } = await doctor({ task: 'look' });
  expect(labels(last)).toEqual(['Repair', 'Look again', 'Details']);
  const words = JSON.stringify(last);
  expect(words).toContain('1 job failed in the last 6 hours');
  expect(words).not.toContain('abcdefghij');

  const repaired = await doctor({ task: 'repair', person: BOB, requestId: 'bob-repairs' });
  expect(JSON.stringify(repaired.last)).toContain('1 failed job of status has another try');
  expect(await (await queue.getJob('failed-1'))?.getState()).toBe('waiting');
  const [done, granted] = await bench.worker.audit.recent([{ instance: 'lab' }], 2);
  expect([granted, done]).toMatchObject([
    { action: 'repair', outcome: 'granted', by: { gitlab: 'bob' }, details: 'queue status: try 1 again' },
    { action: 'repair', outcome: 'done', details: '1 failed job of status has another try' },
  ]);
});

test('who operates nothing repairs nothing: told aside, and recorded', async () => {
  await failOne('failed-2');
  const { answers, asides } = await doctor({ task: 'repair', person: CARL, requestId: 'carl-repairs' });
  expect([answers, asides.map(({ title, quiet }) => [title, quiet])]).toEqual([
    [],
    [['You may not operate lab', true]],
  ]);
  expect(await (await queue.getJob('failed-2'))?.getState()).toBe('failed');
  const [last] = await bench.worker.audit.recent([{ instance: 'lab' }], 1);
  expect(last).toMatchObject({ action: 'repair', outcome: 'refused', by: { gitlab: 'carl' } });
});
