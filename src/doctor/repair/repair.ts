import type { Redis } from 'ioredis';
import { openQueues } from '../../queue/queues.js';
import type { Repair } from '../finding.js';
import type { DoctorContext } from '../gather/context.js';
import { enableHook, queueMissed } from './hooks.js';

/** Does one of them; what it gives is what was done, in words. It may be done twice. Errors: those of the parts. */
export async function carryOut(repair: Repair, context: DoctorContext): Promise<string> {
  switch (repair.is) {
    case 'redis-setting': {
      const { connection } = await context.redis();
      await connection.config('SET', repair.setting, repair.value);
      return `Redis has ${repair.setting} ${repair.value}`;
    }
    case 'retry-jobs':
      return retryJobs(repair, (await context.redis()).connection);
    case 'enable-hook':
      return enableHook(repair, context);
    case 'queue-jobs':
      return queueMissed(repair, context);
  }
}

/** Each once: one that failed again meanwhile, or that somebody else had tried again, is left as it is. */
async function retryJobs({ queue: name, ids }: Extract<Repair, { is: 'retry-jobs' }>, redis: Redis): Promise<string> {
  const [queue] = openQueues([name], redis);
  if (queue === undefined) return '';
  try {
    const tried = await Promise.all(
      ids.map(async (id) => {
        const job = await queue.getJob(id);
        if (job === undefined || !(await job.isFailed())) return false;
        await job.retry('failed');
        return true;
      }),
    );
    const count = tried.filter(Boolean).length;
    return `${count} failed job${count === 1 ? '' : 's'} of ${name} ${count === 1 ? 'has' : 'have'} another try`;
  } finally {
    await queue.close();
  }
}
