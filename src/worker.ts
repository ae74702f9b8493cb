import { WebClient } from '@slack/web-api';
import { configWorker } from '../workers/config.js';
import { diagnosisWorker } from '../workers/diagnosis.js';
import { feedbackWorker } from '../workers/feedback.js';
import { isBegun, operationWorker } from '../workers/operation.js';
import { isHalfDone, rotationWorker } from '../workers/rotation.js';
import { statusWorker } from '../workers/status.js';
import { clientOptions } from './chat/slack/chat.js';
import { openSlackFile } from './chat/slack/files.js';
import type { ConfigSource } from './config/source.js';
import { EdgeError } from './errors.js';
import { createSshPool } from './host/pool.js';
import type { Logger } from './log.js';
import { onRedisError, workerConnection } from './queue/connection.js';
import { Replies } from './queue/replies.js';
import { serve } from './queue/work.js';
import type { Running } from './running.js';
import { createSeal } from './secrets/seal.js';
import { sealingKey } from './secrets/sealing-key.js';

/** Composition root of the workers: every queue is served; as many of these processes as wanted may run. */
export async function startWorker(config: ConfigSource, redisUrl: string, log: Logger): Promise<Running> {
  const redis = workerConnection(redisUrl);
  onRedisError(redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
  const replies = new Replies(redis);
  const hosts = createSshPool(config.secret);
  const context = {
    config,
    redis,
    replies,
    hosts,
    seal: createSeal(sealingKey(config)),
    log,
    now: Date.now,
    openLog: ({ fileId }: { fileId: string }) => openFile(fileId, config),
  };
  const workers = [
    serve('status', statusWorker(context), context),
    serve('config', configWorker(context), context),
    serve('diagnosis', diagnosisWorker(context), context),
    serve('feedback', feedbackWorker(context), context),
    serve('rotation', rotationWorker(context), context, {
      concurrency: 4,
      mustFinish: (data) => isHalfDone(data, redis),
    }),
    serve('operation', operationWorker(context), context, {
      concurrency: 4,
      mustFinish: (data) => isBegun(data, redis),
    }),
  ];
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([replies.close(), hosts.close()]);
      redis.disconnect();
    },
  };
}

function openFile(fileId: string, config: ConfigSource): Promise<AsyncIterable<Buffer>> {
  const { slack } = config.current().chat;
  if (slack === undefined) {
    throw new EdgeError({
      part: 'config',
      code: 'file-unreadable',
      forPerson: {
        what: 'the file is in Slack, and this worker knows no Slack',
        next: 'give the worker the same registrar.yaml as the app',
      },
    });
  }
  const token = config.secret(slack.botToken);
  return openSlackFile(fileId, new WebClient(token, clientOptions(slack)), token, slack.apiUrl);
}
