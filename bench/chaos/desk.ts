import { userInfo } from 'node:os';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Answer } from '../../src/chat/answer.js';
import type { Person } from '../../src/chat/request.js';
import { createLogger } from '../../src/log.js';
import { PREFIX } from '../../src/queue/connection.js';
import { Dispatcher } from '../../src/queue/dispatcher.js';
import { ReplyJob } from '../../src/queue/jobs.js';
import { replyQueueName } from '../../src/queue/replies.js';
import { waitFor } from '../../test/lab/host/process.js';
import type { Subject } from './subject.js';

/** Whoever sits at the lab's terminal: Ana, who maintains every project. */
const ANA: Person = { platform: 'terminal', id: userInfo().username };
const CHANNEL = 'chaos';
const HOUR_MS = 3_600_000;

interface Conversation {
  answers: ReplyJob[];
  waiting: { fits: (answer: Answer) => boolean; resolve: (answer: Answer) => void }[];
}

/** Asks as a person does, through the queues, and hears what is answered. */
export class Desk {
  readonly #dispatcher: Dispatcher;
  readonly #jobs: Queue;
  readonly #replies: Worker;
  readonly #conversations = new Map<string, Conversation>();

  /** `dataDir`: Registrar's own. */
  constructor(redis: Redis, redisUrl: string, dataDir: string) {
    this.#dispatcher = new Dispatcher(redisUrl, dataDir, createLogger('silent'));
    this.#jobs = new Queue('rotation', { connection: redis, prefix: PREFIX });
    this.#jobs.on('error', () => {});
    this.#replies = new Worker(
      replyQueueName({ platform: 'terminal', channel: CHANNEL }),
      async ({ data }) => this.#hear(ReplyJob.parse(data)),
      { connection: redis, prefix: PREFIX, maxStalledCount: 100 },
    );
    this.#replies.on('error', () => {});
  }

  /** The dry run; what it gives is the plan's id. */
  async plan({ project }: Subject): Promise<string> {
    const planned = this.said({ project }, (answer) => idOn(answer) !== undefined);
    await this.#dispatcher.dispatch('rotation', {
      ...asked(project.fullPath),
      step: 'plan',
      project: project.fullPath,
    });
    return idOn(await planned) ?? '';
  }

  /** [Rotate]; what it gives is the final answer. */
  async rotate({ project }: Subject, planId: string): Promise<Answer> {
    const { answers } = this.#of(project.fullPath);
    answers.length = 0;
    const final = this.said({ project }, ({ mark }) => mark === 'pass' || mark === 'fail');
    const common = { ...asked(project.fullPath), requestId: `run ${planId}`, useBy: Date.now() + 168 * HOUR_MS };
    await this.#dispatcher.dispatch('rotation', { ...common, step: 'run', planId, message: project.fullPath });
    return final;
  }

  /** The first answer about that project that fits, now or later. */
  said({ project }: Pick<Subject, 'project'>, fits: (answer: Answer) => boolean): Promise<Answer> {
    const { answers, waiting } = this.#of(project.fullPath);
    const past = answers.find(({ answer }) => fits(answer));
    if (past !== undefined) return Promise.resolve(past.answer);
    return new Promise((resolve) => waiting.push({ fits, resolve }));
  }

  /** Nothing is under way any more. Errors: when that takes too long. */
  async idle(deadlineMs: number): Promise<void> {
    await waitFor(
      'the queue to be empty',
      async () => {
        const { active = 0, waiting = 0, delayed = 0 } = await this.#jobs.getJobCounts('active', 'waiting', 'delayed');
        return active + waiting + delayed === 0 ? true : undefined;
      },
      deadlineMs,
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.#replies.close(true), this.#jobs.close(), this.#dispatcher.close()]);
  }

  #hear(reply: ReplyJob): void {
    const { answers, waiting } = this.#of(reply.key);
    answers.push(reply);
    for (const one of waiting.filter(({ fits }) => fits(reply.answer))) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(reply.answer);
    }
  }

  #of(key: string): Conversation {
    const known = this.#conversations.get(key) ?? { answers: [], waiting: [] };
    this.#conversations.set(key, known);
    return known;
  }
}

function asked(key: string) {
  return {
    requestId: key,
    person: ANA,
    replyTo: { platform: 'terminal', channel: CHANNEL, person: ANA.id },
    useBy: Date.now() + HOUR_MS,
  } as const;
}

/** The id on the [Rotate] button. */
function idOn({ parts }: Answer): string | undefined {
  const buttons = parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
  return buttons.find(({ action }) => action === 'rotate-run')?.value;
}
