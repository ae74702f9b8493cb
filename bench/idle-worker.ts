import { createLogger } from '../src/log.js';
import { onRedisError, workerConnection } from '../src/queue/connection.js';
import { Replies } from '../src/queue/replies.js';
import { serve } from '../src/queue/work.js';
import { answerParent } from './child.js';

/** Serves the status queue as `registrar worker` does, with a handler that does nothing; answers how many it had. */
const redis = workerConnection(process.argv[2] ?? '');
const log = createLogger();
onRedisError(redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
let done = 0;
const worker = serve(
  'status',
  async () => {
    done++;
  },
  { redis, replies: new Replies(redis), log, now: Date.now },
);
await worker.waitUntilReady();
answerParent(async () => done);
