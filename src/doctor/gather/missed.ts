import pMap from 'p-map';
import { channelOf } from '../../hooks/channels.js';
import { failureId } from '../../hooks/hook-jobs.js';
import type { FailedJob } from '../../hooks/job-hook.js';
import type { OpenInstance } from '../../instance.js';
import { jobId } from '../../queue/dispatcher.js';
import { openQueues } from '../../queue/queues.js';
import { type Ended, mayBeMissed } from '../missed.js';
import type { OpenRedis } from './context.js';
import { AT_ONCE, type Hooked, toldSince } from './hooks.js';

/** Failed jobs that a webhook should have told of, and that no queue knows. */
export async function readMissed(
  { config, gitlab }: OpenInstance,
  hooked: Hooked,
  { connection }: OpenRedis,
  now: number,
): Promise<FailedJob[]> {
  const found = await pMap(
    hooked.projects,
    async ({ id: projectId, path }): Promise<Ended[]> => {
      const since = toldSince(hooked, path);
      if (since === undefined || channelOf(path, config) === undefined) return [];
      const failed = await gitlab.failedJobs(projectId);
      return failed
        .map(({ id, finished_at }) => ({ id, project: path, at: Date.parse(finished_at ?? '') }))
        .filter((one) => mayBeMissed(one, since, now));
    },
    { concurrency: AT_ONCE },
  );
  const [queue] = openQueues(['diagnosis'], connection);
  if (queue === undefined) return [];
  try {
    const unknown = await pMap(
      found.flat(),
      async ({ id, project }) => {
        const known = await connection.exists(queue.toKey(jobId(failureId(config.name, id))));
        return known === 0 ? [{ id, project }] : [];
      },
      { concurrency: AT_ONCE },
    );
    return unknown.flat();
  } finally {
    await queue.close();
  }
}
