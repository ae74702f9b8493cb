import { type Finding, fault, pass, REPAIR } from './finding.js';

/** What a queue holds. Times in milliseconds since the epoch. */
export interface QueueSeen {
  queue: string;
  workers: number;
  waiting: number;
  /** Since when the one waits that waits longest, and the one is at work that is longest at it. */
  waitingSince?: number;
  activeSince?: number;
  /** The newest first. */
  failed: readonly { id: string; at: number; reason?: string }[];
}

/** Requests that are kept on this machine's disk while Redis is away. */
export interface OutboxSeen {
  kept: number;
  /** Set aside because they are not understood. */
  bad: number;
  folder: string;
}

/** So long nobody should have to wait. Milliseconds. */
const WAIT_MS = 10 * 60_000;
/** The longest that a job does without a pause is a reconfigure, of 15 minutes at most. Milliseconds. */
const WORK_MS = 30 * 60_000;
/** What failed before is nobody's business any more: whoever asked has asked again. Milliseconds. */
const FRESH_MS = 6 * 3_600_000;

/** Is everything that was asked under way? That nobody works is told by the workers' own part. Pure. */
export function judgeQueues(queues: readonly QueueSeen[], outbox: OutboxSeen, now: number): Finding[] {
  const faults = [...queues.flatMap((one) => judgeQueue(one, now)), ...judgeOutbox(outbox)];
  if (faults.length > 0) return faults;
  const waiting = queues.reduce((sum, one) => sum + one.waiting, 0);
  return [pass('queues', waiting === 0 ? 'nothing waits, nothing is stuck' : `${waiting} wait, nothing is stuck`)];
}

function judgeQueue({ queue, workers, waiting, waitingSince, activeSince, failed }: QueueSeen, now: number): Finding[] {
  const part = `queue ${queue}`;
  const found: Finding[] = [];
  if (waiting > 0 && waitingSince !== undefined && now - waitingSince > WAIT_MS) {
    found.push(
      fault('fail', part, {
        what: `${count(waiting, 'job')} ${waiting === 1 ? 'waits' : 'wait'}, the oldest for ${minutes(now - waitingSince)}`,
        why: workers === 0 ? 'no worker serves this queue' : 'its workers have more to do than they can, or hang',
        fix: workers === 0 ? 'registrar worker' : 'start one more: registrar worker',
      }),
    );
  }
  if (activeSince !== undefined && now - activeSince > WORK_MS) {
    found.push(
      fault('warn', part, {
        what: `a job has been under way for ${minutes(now - activeSince)}`,
        why: 'its worker hangs, or what it waits for does; another one takes the job up where it was',
        fix: 'stop that worker and start it again: registrar worker',
      }),
    );
  }
  const fresh = failed.filter(({ at }) => now - at <= FRESH_MS);
  if (fresh.length > 0) {
    found.push(
      fault('fail', part, {
        what: `${count(fresh.length, 'job')} failed in the last 6 hours`,
        why: reasonOf(fresh[0]),
        fix: REPAIR,
        repair: { is: 'retry-jobs', queue, ids: fresh.map(({ id }) => id) },
      }),
    );
  }
  return found;
}

function reasonOf(failed: QueueSeen['failed'][number] | undefined): string {
  const reason = failed?.reason ?? '';
  return reason === '' ? 'a worker died of it again and again' : `the last of them: ${reason}`;
}

function judgeOutbox({ kept, bad, folder }: OutboxSeen): Finding[] {
  return [
    ...(kept === 0
      ? []
      : [
          fault('warn', 'outbox', {
            what: `${count(kept, 'request')} ${kept === 1 ? 'is' : 'are'} kept in ${folder}`,
            why: 'Redis was away when they came, and no app has run here since: it would queue them',
            fix: 'registrar app',
          }),
        ]),
    ...(bad === 0
      ? []
      : [
          fault('warn', 'outbox', {
            what: `${count(bad, 'kept request')} could not be understood`,
            why: 'another version of Registrar wrote it, or the disk was full',
            fix: `look at them, then remove them: ls -l ${folder}/*.bad`,
          }),
        ]),
  ];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function minutes(ms: number): string {
  const whole = Math.round(ms / 60_000);
  return whole < 120 ? `${whole} minutes` : `${Math.round(whole / 60)} hours`;
}
