import type { CheckResult } from '../checks/check.js';

/** What is wrong by one check, and follows from no other. */
export interface Problem {
  /** Of the check. */
  id: string;
  is: 'warn' | 'fail';
  /** How far it has come; a higher number is worse. */
  stage: number;
  because: string;
  fix: string;
}

/** Everything that is wrong by itself: one shared cause is one problem. Pure. */
export function problemsOf(results: readonly CheckResult[]): Problem[] {
  return results.flatMap(({ id, verdict, because }) =>
    because === undefined && (verdict.is === 'warn' || verdict.is === 'fail')
      ? [{ id, is: verdict.is, stage: verdict.stage ?? 0, because: verdict.because, fix: verdict.fix }]
      : [],
  );
}

/** Do two looks tell of the same, whatever their words? Pure. */
export function isSame(one: readonly Problem[], other: readonly Problem[]): boolean {
  return one.length === other.length && one.every((problem) => other.some((same) => rankOf(same) === rankOf(problem)));
}

/** Is there something that was not there before, or that has become worse? Pure. */
export function isWorse(now: readonly Problem[], before: readonly Problem[]): boolean {
  return now.some((problem) => {
    const old = before.find(({ id }) => id === problem.id);
    return (
      old === undefined ||
      (old.is === 'warn' && problem.is === 'fail') ||
      (old.is === problem.is && problem.stage > old.stage)
    );
  });
}

function rankOf({ id, is, stage }: Problem): string {
  return `${id} ${is} ${stage}`;
}
