import { openIdentities } from '../../src/access/identities.js';
import { LinkStore } from '../../src/access/link/store.js';
import { AuditTrail } from '../../src/audit/trail.js';
import { openConfig } from '../../src/config/source.js';
import { createSshPool } from '../../src/host/pool.js';
import { createLogger } from '../../src/log.js';
import { onRedisError, workerConnection } from '../../src/queue/connection.js';
import { Replies } from '../../src/queue/replies.js';
import { serve } from '../../src/queue/work.js';
import { openSeal } from '../../src/secrets/sealing-key.js';
import { isHalfDone, rotationWorker } from '../../workers/rotation.js';
import type { FromWorker, ToWorker } from './crew.js';

/**
 * A worker process as `registrar worker` makes it (src/worker.ts), with the rotation's queue alone: it starts in half
 * the time, and it is started hundreds of times. It tells its parent which jobs it has, and its clock can be set.
 */
const [configPath = '', redisUrl = ''] = process.argv.slice(2);

let aheadMs = 0;
const trueNow = Date.now;
Date.now = () => trueNow() + aheadMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, words, called) => Reflect.construct(target, words.length === 0 ? [Date.now()] : words, called),
});

const config = openConfig(configPath);
const log = createLogger();
const redis = workerConnection(redisUrl);
onRedisError(redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
const context = {
  config,
  redis,
  identities: openIdentities(config, new LinkStore(redis, Date.now)),
  audit: new AuditTrail(redis, config.current().dataDir, log, Date.now),
  replies: new Replies(redis),
  hosts: createSshPool(config.secret),
  seal: openSeal(config),
  log,
  now: Date.now,
  openLog: () => Promise.reject(new Error('no rotation reads a log')),
};
const worker = serve('rotation', rotationWorker(context), context, {
  concurrency: 4,
  mustFinish: (data) => isHalfDone(data, redis),
});

const tell = (message: FromWorker) => process.send?.(message);
const jobs = new Set<string>();
const changed = () => tell({ jobs: [...jobs] });
worker.on('active', ({ id = '' }) => {
  jobs.add(id);
  changed();
});
for (const end of ['completed', 'failed'] as const)
  worker.on(end, (job: { id?: string } | undefined) => {
    jobs.delete(job?.id ?? '');
    changed();
  });

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  aheadMs = (message as ToWorker).aheadMs;
});
await worker.waitUntilReady();
changed();
