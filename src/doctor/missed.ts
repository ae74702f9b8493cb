import type { FailedJob } from '../hooks/job-hook.js';
import { type Finding, fault, pass, REPAIR } from './finding.js';

/** A job that failed, and when it ended; milliseconds since the epoch. */
export interface Ended extends FailedJob {
  at: number;
}

/**
 * How far back it is looked. Within that time a queue remembers every job that it was given, so what it does not know
 * was never told; and whoever waits for the answer may still want it. Milliseconds.
 */
const BACK_MS = 5.5 * 3_600_000;
/** Its webhook may still be on its way, or be sent once more. Milliseconds. */
const GRACE_MS = 120_000;

/** Is it old enough to be missed, and young enough to matter? `since`: when the webhook was made. Pure. */
export function mayBeMissed({ at }: Ended, since: number, now: number): boolean {
  return at >= Math.max(since, now - BACK_MS) && at <= now - GRACE_MS;
}

/** Failed jobs that GitLab never told of. Pure. */
export function judgeMissed(instance: string, missed: readonly FailedJob[]): Finding[] {
  const part = `${instance}: missed jobs`;
  if (missed.length === 0) return [pass(part, 'every job that failed in the last hours was told')];
  const projects = [...new Set(missed.map(({ project }) => project))];
  const shown =
    projects.length > 3 ? `${projects.slice(0, 3).join(', ')} and ${projects.length - 3} more` : projects.join(', ');
  return [
    fault('fail', part, {
      what: `${missed.length} failed job${missed.length === 1 ? ' was' : 's were'} never told (${shown})`,
      why: 'their webhooks did not reach Registrar; each is still diagnosed once',
      fix: REPAIR,
      repair: { is: 'queue-jobs', instance, jobs: [...missed] },
    }),
  ];
}
