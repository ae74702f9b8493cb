import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import type { Answer } from '../../src/chat/answer.js';
import type { ReplyAddress } from '../../src/chat/request.js';
import type { Logger } from '../../src/log.js';
import { PREFIX } from '../../src/queue/connection.js';
import { ReplyJob } from '../../src/queue/jobs.js';
import { replyQueueName } from '../../src/queue/replies.js';
import { type Redis as LabRedis, startRedis } from '../lab/host/redis.js';
import { Changes } from '../lab/slack/wait.js';

/** A folder, a Redis of its own, and connections to it that are closed at the end. */
export interface Parts {
  dir: string;
  server: LabRedis;
  connect(): Redis;
  stop(): Promise<void>;
}

export async function startParts(): Promise<Parts> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-queue-'));
  const server = await startRedis(join(dir, 'redis'));
  const open: Redis[] = [];
  return {
    dir,
    server,
    connect() {
      const redis = new Redis(server.url, { protocol: 2, maxRetriesPerRequest: null });
      redis.on('error', () => {});
      open.push(redis);
      return redis;
    },
    async stop() {
      for (const redis of open) redis.disconnect();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A logger whose lines can be waited for. */
export function capture(): {
  log: Logger;
  lines: Record<string, unknown>[];
  logged(message: string): Promise<Record<string, unknown>>;
} {
  const lines: Record<string, unknown>[] = [];
  const changes = new Changes();
  const log = pino(
    { level: 'debug' },
    {
      write(line: string) {
        lines.push(JSON.parse(line) as Record<string, unknown>);
        changes.emit();
      },
    },
  );
  return {
    log,
    lines,
    logged: (message) =>
      changes.waitFor(() => lines.find(({ msg }) => msg === message), { timeoutMs: 30_000, what: `log: ${message}` }),
  };
}

/** Takes the answers to an address out of their queue, as a chat would. */
export function listen(address: ReplyAddress, redis: Redis) {
  const replies: ReplyJob[] = [];
  const changes = new Changes();
  const worker = new Worker(
    replyQueueName(address),
    async ({ data }) => {
      replies.push(ReplyJob.parse(data));
      changes.emit();
    },
    { connection: redis, prefix: PREFIX },
  );
  worker.on('error', () => {});
  return {
    replies,
    /** The first answer that fits, now or later. */
    answer: (fits: (answer: Answer) => boolean): Promise<Answer> =>
      changes.waitFor(() => replies.find(({ answer }) => fits(answer))?.answer, { timeoutMs: 30_000 }),
    /** The first answer of that message that fits, now or later. */
    of: (key: string, fits: (answer: Answer) => boolean, timeoutMs = 30_000): Promise<Answer> =>
      changes.waitFor(() => replies.find((one) => one.key === key && fits(one.answer))?.answer, {
        timeoutMs,
        what: `an answer of ${key}: ${fits}`,
      }),
    stop: () => worker.close(),
  };
}
