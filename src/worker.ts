import type { Redis } from 'ioredis';
import { aliasWorker } from '../workers/alias.js';
import { attendWorker } from '../workers/attend.js';
import { auditWorker } from '../workers/audit.js';
import { bulkWorker } from '../workers/bulk.js';
import { bulkTokenWorker, isTokenHalfDone } from '../workers/bulk-token.js';
import { configWorker } from '../workers/config.js';
import { diagnosisWorker } from '../workers/diagnosis.js';
import { doctorWorker } from '../workers/doctor.js';
import { expiringWorker } from '../workers/expiring.js';
import { feedbackWorker } from '../workers/feedback.js';
import { jobsWorker } from '../workers/jobs.js';
import { isBegun, operationWorker } from '../workers/operation.js';
import { lookAtPolicies } from '../workers/policy.js';
import { isHalfDone, rotationWorker } from '../workers/rotation.js';
import { statusWorker } from '../workers/status.js';
import { watchOnce } from '../workers/watch.js';
import { openIdentities } from './access/identities.js';
import { LinkStore } from './access/link/store.js';
import { AuditTrail } from './audit/trail.js';
import { type ChatFile, openChatFile } from './chat/files.js';
import type { Instance } from './config/schema.js';
import type { ConfigSource } from './config/source.js';
import { messageOf } from './errors.js';
import { createSshPool } from './host/pool.js';
import type { Logger } from './log.js';
import { onRedisError, workerConnection } from './queue/connection.js';
import { Replies } from './queue/replies.js';
import { Schedule, type Wanted } from './queue/schedule.js';
import { serve } from './queue/work.js';
import type { Running } from './running.js';
import { Cancellations } from './runs/cancel.js';
import { RunStore } from './runs/store.js';
import { openSeal } from './secrets/sealing-key.js';

/** Composition root of the workers: every queue is served; as many of these processes as wanted may run. */
export async function startWorker(config: ConfigSource, redisUrl: string, log: Logger): Promise<Running> {
  const redis = workerConnection(redisUrl);
  onRedisError(redis, (error) => log.warn({ part: 'redis', error }, 'redis does not answer'));
  const replies = new Replies(redis);
  const hosts = createSshPool(config.secret);
  const audit = new AuditTrail(redis, config.current().dataDir, log, Date.now);
  const runs = { store: new RunStore(redis, Date.now), cancellations: new Cancellations(redis) };
  const context = {
    config,
    redis,
    identities: openIdentities(config, new LinkStore(redis, Date.now)),
    replies,
    runs,
    audit,
    hosts,
    seal: openSeal(config),
    log,
    now: Date.now,
    openLog: (file: ChatFile) => openChatFile(file, config),
  };
  const workers = [
    serve('status', statusWorker(context), context),
    serve('attend', attendWorker(context), context),
    serve('config', configWorker(context), context),
    serve('diagnosis', diagnosisWorker(context), context),
    serve('feedback', feedbackWorker(context), context),
    serve('audit', auditWorker(context), context),
    serve('doctor', doctorWorker(context), context, { concurrency: 2 }),
    serve('jobs', jobsWorker(context), context),
    serve('alias', aliasWorker(context), context),
    serve('rotation', rotationWorker(context), context, {
      concurrency: 4,
      mustFinish: (data) => isHalfDone(data, redis),
    }),
    serve('bulk', bulkWorker(context), context),
    serve('bulk-token', bulkTokenWorker(context), context, {
      concurrency: 8,
      mustFinish: (data) => isTokenHalfDone(data, redis),
    }),
    serve('expiring', expiringWorker(context), context),
    serve('operation', operationWorker(context), context, {
      concurrency: 4,
      mustFinish: (data) => isBegun(data, redis),
    }),
  ];
  const watch = new Schedule('watch', redis, log);
  const policies = new Schedule('policies', redis, log);
  const repeated = [
    watch.serve((instance) => watchOnce(instance, context)),
    policies.serve((instance) => lookAtPolicies(instance, context)),
  ];
  const stops = [
    await keepScheduled(watch, config, log, (one) => one.watch && one.watch.minutes * 60_000),
    await keepScheduled(policies, config, log, (one) => (one.rotation.policies.length > 0 ? POLICY_MS : undefined)),
  ];
  const stopFollowing = await keepFollowing(audit, redis, log);
  const all = [...workers, ...repeated];
  await Promise.all(all.map((worker) => worker.waitUntilReady()));
  return {
    async stop() {
      for (const stop of stops) stop();
      stopFollowing();
      await Promise.all(all.map((worker) => worker.close()));
      await Promise.all([watch.close(), policies.close()]);
      await Promise.all([replies.close(), hosts.close()]);
      runs.cancellations.close();
      redis.disconnect();
    },
  };
}

/** So soon a change of the configuration is in the schedule. Milliseconds. */
const SYNC_MS = 30_000;
/** A policy has its turn once a day; what stood in the way of it is over an hour later. Milliseconds. */
const POLICY_MS = 3_600_000;

/** Keeps a schedule as the configuration is, every so many milliseconds; what it gives stops that. */
async function keepScheduled(
  schedule: Schedule,
  config: ConfigSource,
  log: Logger,
  every: (instance: Instance) => number | undefined,
): Promise<() => void> {
  let synced: object | undefined;
  const sync = async () => {
    const current = config.current();
    if (current === synced) return;
    const wanted: Wanted = new Map(
      current.instances.flatMap((one): [string, number][] => {
        const ms = every(one);
        return ms === undefined ? [] : [[one.name, ms]];
      }),
    );
    await schedule.sync(wanted);
    synced = current;
  };
  await sync();
  const timer = setInterval(() => {
    sync().catch((error: unknown) =>
      log.warn({ part: 'redis', error: messageOf(error) }, 'the schedule could not be changed'),
    );
  }, SYNC_MS).unref();
  return () => clearInterval(timer);
}

/** So soon the trail's file has what other workers recorded. Milliseconds. */
const FOLLOW_MS = 10_000;

/** Keeps the file of the audit trail complete, and Redis where it lost something; what it gives stops that. */
async function keepFollowing(audit: AuditTrail, redis: Redis, log: Logger): Promise<() => void> {
  let following: Promise<void> | undefined;
  const follow = () => {
    following ??= audit
      .follow()
      .catch((error: unknown) => log.error({ part: 'registrar', error: messageOf(error) }, 'the audit trail'))
      .finally(() => {
        following = undefined;
      });
    return following;
  };
  await follow();
  const timer = setInterval(follow, FOLLOW_MS).unref();
  redis.on('ready', follow);
  return () => {
    clearInterval(timer);
    redis.off('ready', follow);
  };
}
