import type { AnyJob, JobQueue } from '../queue/jobs.js';

/** Does a job of that queue only look, so that it can be given up at any moment? Pure. */
export function onlyReads(queue: JobQueue, data: AnyJob): boolean {
  const what = ('task' in data ? data.task : undefined) ?? ('step' in data ? data.step : undefined);
  switch (queue) {
    case 'status':
    case 'config':
    case 'audit':
      return true;
    case 'diagnosis':
      return !('hook' in data && data.hook !== undefined);
    case 'doctor':
      return what === 'look';
    case 'rotation':
    case 'bulk':
      return what === 'plan' || what === 'show' || what === 'choose';
    default:
      return false;
  }
}
