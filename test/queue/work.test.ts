import { type Job, Queue, type Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { answer } from '../../src/chat/answer.js';
import { EdgeError } from '../../src/errors.js';
import { PREFIX } from '../../src/queue/connection.js';
import { jobId } from '../../src/queue/dispatcher.js';
import type { StatusJob } from '../../src/queue/jobs.js';
import { Replies } from '../../src/queue/replies.js';
import { type Handler, serve } from '../../src/queue/work.js';
import { capture, listen, type Parts, startParts } from './parts.js';

let parts: Parts;
let redis: Redis;
let queue: Queue;
let replies: Replies;
let ear: ReturnType<typeof listen>;
let worker: Worker | undefined;
let serial = 0;

const NOW = Date.now();
const replyTo = { platform: 'terminal', channel: 'work', person: 'ana' } as const;

beforeAll(async () => {
  parts = await startParts();
  redis = parts.connect();
  queue = new Queue('status', { connection: redis, prefix: PREFIX });
  replies = new Replies(redis);
});
beforeEach(() => {
  ear = listen(replyTo, redis);
});
afterEach(async () => {
  await worker?.close();
  await ear.stop();
  await queue.obliterate({ force: true });
});
afterAll(async () => {
  await queue.close();
  await replies.close();
  await parts.stop();
});

/** Serves the queue with a handler, and resolves with the next job that ends. */
function work(handler: Handler<'status'>, now: () => number = Date.now) {
  const { log, lines } = capture();
  const made = serve('status', handler, { redis, replies, log, now });
  worker = made;
  const ended = new Promise<Job>((resolve) => made.once('completed', (job) => resolve(job)));
  return { ended, lines };
}

function ask(more: Partial<Extract<StatusJob, { task: 'look' }>> = {}): Promise<Job> {
  const requestId = `request-${++serial}`;
  const data: StatusJob = {
    task: 'look',
    requestId,
    person: { platform: 'terminal', id: 'ana' },
    replyTo,
    useBy: NOW + 3_600_000,
    ...more,
  };
  return queue.add('status', data, { jobId: jobId(requestId) });
}

const outage = (retry: 'never' | { afterMs: number }) =>
  new EdgeError({
    part: 'gitlab',
    code: 'gitlab-unreachable',
    retry,
    forPerson: { what: 'gitLab does not answer', why: 'connection refused', next: 'look at gitlab-ctl status' },
  });

const said = () => ear.replies.map((reply) => `${reply.sequence} ${reply.answer.mark} ${reply.answer.title}`);

describe('a job', () => {
  test('says what it does, in one message', async () => {
    const { ended } = work(async (_, say) => {
      await say(answer('running', 'looking'));
      await say(answer('pass', 'works'));
    });
    await ask();
    await ended;
    await ear.answer(({ mark }) => mark === 'pass');
    expect(said()).toEqual(['1 running looking', '2 pass works']);
    expect(new Set(ear.replies.map(({ key }) => key)).size).toBe(1);
  });

  test('of a button edits the message that held it', async () => {
    work((_, say) => say(answer('pass', 'works')));
    await ask({ message: 'the-message' });
    await ear.answer(({ mark }) => mark === 'pass');
    expect(ear.replies[0]?.key).toBe('the-message');
  });

  test('older than its use-by time is not done, and the person is told', async () => {
    let done = 0;
    work(
      async () => void done++,
      () => NOW,
    );
    await ask({ useBy: NOW - 1 });
    const told = await ear.answer(({ title }) => title.includes('too old'));
    expect(JSON.stringify(told)).toContain('Nothing was changed');
    expect(done).toBe(0);
  });

  test('that nobody understands is logged without its content, and not done', async () => {
    let done = 0;
    const { ended, lines } = work(async () => void done++);
    await queue.add('status', { requestId: 'x', secret: 'hunter2hunter2' });
    await ended;
    expect(done).toBe(0);
    expect(lines.map(({ msg }) => msg)).toEqual(['job is not understood']);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});

describe('a failing part', () => {
  test('that may come back: the person is told which, and the job is done when it is back', async () => {
    let calls = 0;
    work(async (_, say) => {
      if (++calls === 1) throw outage({ afterMs: 20 });
      await say(answer('pass', 'works'));
    });
    await ask();
    await ear.answer(({ mark }) => mark === 'pass');
    expect(said()).toEqual(['1 running GitLab does not answer', '2 pass works']);
    const waiting = JSON.stringify(ear.replies[0]);
    expect(waiting).toContain('connection refused');
    expect(waiting).toContain('look at gitlab-ctl status');
    expect(waiting).toMatch(/I try again by myself for another \d+ minutes/);
  });

  test('that would come back after the use-by time is told as a failure', async () => {
    let calls = 0;
    const { ended } = work(
      async () => {
        calls++;
        throw outage({ afterMs: 60_000 });
      },
      () => NOW,
    );
    await ask({ useBy: NOW + 59_000 });
    await ended;
    await ear.answer(({ mark }) => mark === 'fail');
    expect(said()).toEqual(['1 fail GitLab does not answer']);
    expect(calls).toBe(1);
  });

  test('that won’t come back is told once', async () => {
    const { ended } = work(async () => {
      throw outage('never');
    });
    await ask();
    await ended;
    await ear.answer(({ mark }) => mark === 'fail');
    expect(said()).toEqual(['1 fail GitLab does not answer']);
  });
});

describe('a fault of ours', () => {
  test('is told with a number under which the log has the details, and with nothing of them', async () => {
    const { lines, ended } = work(async () => {
      throw new TypeError('cannot read properties of undefined');
    });
    await ask();
    await ended;
    const told = JSON.stringify(await ear.answer(({ title }) => title === 'Registrar made a mistake'));
    const incident = /the number ([0-9a-f]{8}):/.exec(told)?.[1];
    expect(lines).toMatchObject([{ incident, error: 'cannot read properties of undefined' }]);
    expect(told).not.toContain('cannot read');
  });
});

describe('a worker that is killed in the middle of a job', () => {
  test('leaves it to another worker, which does it again from its beginning', async () => {
    const taken = new Promise<string | undefined>((resolve) => {
      work((data) => {
        resolve(data.requestId);
        return new Promise(() => {});
      });
    });
    const job = await ask();
    await taken;
    // What a kill does: nobody renews the lock. Here it also ends at once rather than after its 15 s.
    await worker?.close(true);
    await redis.del(`${PREFIX}:status:${job.id}:lock`, `${PREFIX}:status:stalled-check`);
    work((_, say) => say(answer('pass', 'works')));
    await ear.answer(({ mark }) => mark === 'pass');
    expect(said()).toEqual(['1 pass works']);
  });
});
