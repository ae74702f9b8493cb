import { EdgeError } from '../../errors.js';
import { channelOf } from '../../hooks/channels.js';
import { failureJob } from '../../hooks/hook-jobs.js';
import { withInstance } from '../../instance.js';
import { jobId } from '../../queue/dispatcher.js';
import { JOB_OPTIONS, openQueues } from '../../queue/queues.js';
import type { Repair } from '../finding.js';
import type { DoctorContext } from '../gather/context.js';

/** GitLab's test comes through, or it is told why not. Errors: `outside-unreachable`, those of GitLab. */
export function enableHook(
  { instance: name, owner, hook, address }: Extract<Repair, { is: 'enable-hook' }>,
  { config, hosts }: DoctorContext,
): Promise<string> {
  return withInstance(
    config,
    name,
    async ({ gitlab }) => {
      const tested = await gitlab.testHook(owner, hook);
      if (tested.is === 'delivered')
        return `the webhook ${hook} of ${owner.path} is on again: GitLab’s test came through`;
      throw new EdgeError({
        part: 'gitlab',
        code: 'outside-unreachable',
        forPerson: {
          what: `GitLab’s test of the webhook ${hook} of ${owner.path} does not come through`,
          why: tested.why,
          next: `curl -sSi -X POST ${address}, on GitLab’s host: 401 means that it reaches Registrar and the secret differs; nothing, that it does not`,
        },
      });
    },
    hosts,
  );
}

/** As the hook would have done: under the same id, so that none is diagnosed twice. */
export async function queueMissed(
  { instance: name, jobs }: Extract<Repair, { is: 'queue-jobs' }>,
  { config, redis, now }: DoctorContext,
): Promise<string> {
  const instance = config.current().instances.find((one) => one.name === name);
  if (instance === undefined) return `${name} is no longer configured`;
  const [queue] = openQueues(['diagnosis'], (await redis()).connection);
  if (queue === undefined) return '';
  try {
    const wanted = jobs.flatMap((job) => {
      const channel = channelOf(job.project, instance);
      return channel === undefined ? [] : failureJob(job, instance, channel, now());
    });
    await queue.addBulk(
      wanted.map((data) => ({ name: 'diagnosis', data, opts: { ...JOB_OPTIONS, jobId: jobId(data.requestId) } })),
    );
    return `${wanted.length} missed job${wanted.length === 1 ? ' is' : 's are'} queued, to be told in ${wanted.length === 1 ? 'its channel' : 'their channels'}`;
  } finally {
    await queue.close();
  }
}
