import { type Job, Queue, type Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { answer } from '../../src/chat/answer.js';
import { EdgeError } from '../../src/errors.js';
import { PREFIX } from '../../src/queue/connection.js';
import { jobId } from '../../src/queue/dispatcher.js';
import type { StatusJob } from '../../src/queue/jobs.js';
import { Replies } from '../../src/queue/replies.js';
import { type Handler, serve } from '../../src/queue/work.js';
import { Cancellations, cancelRun } from '../../src/runs/cancel.js';
import { runId } from '../../src/runs/run.js';
import { RunStore } from '../../src/runs/store.js';
import { traced } from '../../src/runs/trace.js';
import { capture, listen, type Parts, startParts } from '../queue/parts.js';

let parts: Parts;
let redis: Redis;
let queue: Queue;
let replies: Replies;
let cancellations: Cancellations;
let store: RunStore;
let ear: ReturnType<typeof listen>;
const workers: Worker[] = [];

const replyTo = { platform: 'terminal', channel: 'follow', person: 'ana' } as const;

beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
  queue = new Queue('status', { connection: redis, prefix: PREFIX });
  replies = new Replies(redis);
  cancellations = new Cancellations(redis);
  store = new RunStore(redis, Date.now);
});
beforeEach(() => {
  ear = listen(replyTo, redis);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.close();
  await ear.stop();
  await queue.obliterate({ force: true });
});
afterAll(async () => {
  cancellations.close();
  await queue.close();
  await replies.close();
  await parts.stop();
});

function work(handler: Handler<'status'>): Worker {
  const { log } = capture();
  const worker = serve('status', handler, {
    ...{ redis, replies, log, now: Date.now },
    runs: { store, cancellations },
  });
  workers.push(worker);
  return worker;
}

/** Each test asks of an instance of its own. */
function ask(requestId: string, instance: string, more: Partial<StatusJob> = {}): Promise<Job> {
  const data = {
    ...{ task: 'look', requestId, instance, replyTo, asked: `status ${instance}` },
    person: { platform: 'terminal', id: 'ana' },
    useBy: Date.now() + 3_600_000,
    ...more,
  };
  return queue.add('status', data, { jobId: jobId(requestId) });
}

/** A promise that a test fulfils. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const passed = ({ mark }: { mark: string }) => mark === 'pass';
const ended = (worker: Worker, count = 1) =>
  new Promise<void>((resolve) => {
    let left = count;
    worker.on('completed', () => {
      if (--left === 0) resolve();
    });
  });

describe('two who ask the same at once', () => {
  test('get the answer of one run, each in a message of their own', async () => {
    let runs = 0;
    const { opened, open } = gate();
    const over = ended(
      work(async (_, say) => {
        runs++;
        await opened;
        await say(answer('pass', 'works'));
      }),
      2,
    );
    await ask('one', 'both');
    await ask('two', 'both');
    await ear.of('two', ({ title }) => title.includes('Somebody has just asked the same'));
    open();
    await Promise.all([ear.of('one', passed), ear.of('two', passed)]);
    expect(runs).toBe(1);
    await over;
    const run = runId('one');
    expect(ear.replies.every((reply) => reply.run === run)).toBe(true);
  });

  test('each gets the lines that they wanted', async () => {
    const { opened, open } = gate();
    work(async (_, say) => {
      await opened;
      const rows = ['tls', 'disk'].map((name) => ({ mark: 'pass' as const, name, text: 'fine' }));
      await say(answer('pass', 'works', { kind: 'rows', rows }));
    });
    await ask('three', 'lines');
    await ask('four', 'lines', { lines: 'disk' });
    await ear.of('four', ({ title }) => title.includes('the same'));
    open();
    const [whole, part] = await Promise.all([ear.of('three', passed), ear.of('four', passed)]);
    expect(JSON.stringify(whole)).toContain('tls');
    expect(JSON.stringify(part)).not.toContain('tls');
  });

  test('both hear of a failure, and who asks after it gets a run of their own', async () => {
    let runs = 0;
    const { opened, open } = gate();
    const worker = work(async () => {
      runs++;
      await opened;
      throw new EdgeError({
        part: 'gitlab',
        code: 'not-found',
        forPerson: { what: 'there is no such instance', next: 'look' },
      });
    });
    const over = ended(worker, 2);
    await ask('five', 'fails');
    await ask('six', 'fails');
    await ear.of('six', ({ title }) => title.includes('the same'));
    open();
    await Promise.all(['five', 'six'].map((key) => ear.of(key, ({ mark }) => mark === 'fail')));
    await over;
    await ask('seven', 'fails');
    await ear.of('seven', ({ mark }) => mark === 'fail');
    expect(runs).toBe(2);
  });

  test('with another question between them: nobody waits for somebody else’s', async () => {
    let runs = 0;
    work(async (_, say) => {
      runs++;
      await say(answer('pass', 'works'));
    });
    await ask('eight', 'this');
    await ask('nine', 'that');
    await Promise.all([ear.of('eight', passed), ear.of('nine', passed)]);
    expect(runs).toBe(2);
  });

  test('a run that is killed is taken up again, and answers those who joined it', async () => {
    const { opened: taken, open: take } = gate();
    const killed = work(() => {
      take();
      return new Promise(() => {});
    });
    const job = await ask('ten', 'killed');
    await taken;
    await ask('eleven', 'killed');
    await ear.of('eleven', ({ title }) => title.includes('the same'));
    workers.splice(0);
    await killed.close(true);
    await redis.del(`${PREFIX}:status:${job.id}:lock`, `${PREFIX}:status:stalled-check`);
    work((_, say) => say(answer('pass', 'works')));
    await Promise.all([ear.of('ten', passed), ear.of('eleven', passed)]);
  });
});

describe('a run', () => {
  test('is remembered: what was asked, said and asked of the world, and its end', async () => {
    const over = ended(
      work(async (_, say) => {
        await traced(
          'gitlab',
          'GET /api/v4/version',
          async () => '',
          () => '200',
        );
        await say(answer('pass', 'works'));
      }),
    );
    await ask('twelve', 'told');
    await over;
    expect(await store.read(runId('twelve'))).toMatchObject({
      asked: 'status told',
      ending: 'done',
      calls: [{ what: 'GET /api/v4/version', came: '200' }],
      made: 1,
      said: [{ mark: 'pass', title: 'works' }],
    });
  });

  test('that is put off and tried again counts its attempts', async () => {
    let calls = 0;
    work(async (_, say) => {
      if (++calls === 1)
        throw new EdgeError({
          part: 'gitlab',
          code: 'gitlab-unreachable',
          retry: { afterMs: 5 },
          forPerson: { what: 'gitLab is away', next: 'wait' },
        });
      await say(answer('pass', 'works'));
    });
    await ask('thirteen', 'again');
    await ear.of('thirteen', passed);
    expect(await store.read(runId('thirteen'))).toMatchObject({ attempts: 2 });
  });

  test('that is cancelled says so and no more, although its work goes on', async () => {
    const { opened, open } = gate();
    const { opened: taken, open: take } = gate();
    const { opened: done, open: finish } = gate();
    const over = ended(
      work(async (_, say) => {
        take();
        await opened;
        await say(answer('pass', 'works'));
        finish();
      }),
    );
    await ask('fourteen', 'cancelled');
    await taken;
    await cancelRun(redis, runId('fourteen'));
    await ear.of('fourteen', ({ title }) => title === 'Cancelled');
    await over;
    open();
    await done;
    expect(await store.read(runId('fourteen'))).toMatchObject({ ending: 'cancelled' });
    expect(ear.replies.filter(({ key }) => key === 'fourteen').map(({ answer: { title } }) => title)).toEqual([
      'Cancelled',
    ]);
  });
});

test('a name that could be one of several is answered with each as a button', async () => {
  work(async () => {
    throw new EdgeError({
      part: 'gitlab',
      code: 'ambiguous',
      forPerson: {
        what: 'no single one is called that',
        next: 'ask again',
        meant: { word: 'choice', names: ['east', 'west'] },
      },
    });
  });
  await ask('fifteen', 'choice');
  const told = await ear.of('fifteen', ({ mark }) => mark === 'fail');
  expect(told.parts.at(-1)).toMatchObject({ buttons: [{ value: 'status east' }, { value: 'status west' }] });
});
