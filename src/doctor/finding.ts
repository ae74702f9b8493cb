import type { Owner } from '../gitlab/schema.js';
import type { FailedJob } from '../hooks/job-hook.js';

/** What Registrar itself was found to be like, in one respect. Pure. */
export interface Finding {
  /** What was looked at: `redis`, `main: token`. */
  part: string;
  mark: 'pass' | 'warn' | 'fail' | 'skipped';
  /** A sentence without a full stop: what is wrong, or what was seen. */
  what: string;
  why?: string;
  /** The exact command that mends it, or the place to go to. */
  fix?: string;
  /** What Registrar can do about it by itself. */
  repair?: Repair;
}

/** What is safe to be done: it may be done twice, and takes nothing away. */
export type Repair =
  | { is: 'redis-setting'; setting: 'appendonly' | 'maxmemory-policy'; value: string }
  | { is: 'retry-jobs'; queue: string; ids: string[] }
  | { is: 'enable-hook'; instance: string; owner: Owner; hook: number; address: string }
  | { is: 'queue-jobs'; instance: string; jobs: FailedJob[] };

/** Done as soon as it is seen, for it concerns nothing but Registrar's own: its private Redis. The rest waits for a word. */
export function isAtOnce({ is }: Repair): boolean {
  return is === 'redis-setting';
}

/** What will be done, in a few words: for whoever reads what was attempted. */
export function repairName(repair: Repair): string {
  switch (repair.is) {
    case 'redis-setting':
      return `redis: ${repair.setting} ${repair.value}`;
    case 'retry-jobs':
      return `queue ${repair.queue}: try ${repair.ids.length} again`;
    case 'enable-hook':
      return `webhook ${repair.hook} of ${repair.owner.path}: on again`;
    case 'queue-jobs':
      return `${repair.instance}: queue ${repair.jobs.length} missed`;
  }
}

/** The command that does what is safe. */
export const REPAIR = 'registrar doctor --repair';

export const pass = (part: string, what: string): Finding => ({ part, mark: 'pass', what });
export const skipped = (part: string, what: string): Finding => ({ part, mark: 'skipped', what });

/** A fault, or what will be one; told with what mends it. */
export function fault(
  mark: 'warn' | 'fail',
  part: string,
  { what, why, fix, repair }: { what: string; why: string; fix: string; repair?: Repair },
): Finding {
  return { part, mark, what, why, fix, ...(repair === undefined ? {} : { repair }) };
}
