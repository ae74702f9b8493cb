import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Answer } from '../chat/answer.js';
import type { ReplyAddress } from '../chat/request.js';
import type { Config } from '../config/schema.js';
import { PREFIX } from './connection.js';
import { jobId } from './dispatcher.js';
import type { ReplyJob } from './jobs.js';

/** Answers of one key are remembered so long: a button may be pressed days later. Seconds. */
export const ANSWER_SECONDS = 14 * 86_400;

/** The terminal's answers go to the one process whose terminal it is; a platform's to whoever serves the platform. */
export function replyQueueName(address: Pick<ReplyAddress, 'platform' | 'channel'>): string {
  return address.platform === 'terminal' ? `replies-terminal-${jobId(address.channel)}` : `replies-${address.platform}`;
}

/** Of the platforms that are configured. */
export function replyQueues({ chat }: Pick<Config, 'chat'>): string[] {
  return (['slack', 'mattermost'] as const)
    .filter((platform) => chat[platform] !== undefined)
    .map((platform) => replyQueueName({ platform, channel: '' }));
}

/** Says something to whoever asked: the first answer is posted, later ones edit it. */
export type Say = (answer: Answer) => Promise<void>;

/** Puts answers into the replies queues, numbered per message so that a late one never overwrites a later one. */
export class Replies {
  readonly #redis: Redis;
  readonly #queues = new Map<string, Queue>();

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** `key` names the message; `run` the run that says it, so that people can ask what it did. */
  to(address: ReplyAddress, key: string, run?: string): Say {
    return async (answer) => {
      const counter = sequenceKey(key);
      const sequence = await this.#redis.incr(counter);
      await this.#redis.expire(counter, ANSWER_SECONDS);
      const reply: ReplyJob = { address, key, sequence, answer, ...(run === undefined ? {} : { run }) };
      await this.#queue(replyQueueName(address)).add('reply', reply, {
        jobId: jobId(`${key}#${sequence}`),
        removeOnComplete: true,
        removeOnFail: { age: 7 * 86_400, count: 1_000 },
      });
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  #queue(name: string): Queue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new Queue(name, { connection: this.#redis, prefix: PREFIX });
      queue.on('error', () => {});
      this.#queues.set(name, queue);
    }
    return queue;
  }
}

/** Redis key of the number of the newest answer of a message. */
export function sequenceKey(key: string): string {
  return `${PREFIX}:answer-sequence:${jobId(key)}`;
}
