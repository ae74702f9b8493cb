import type { OpenInstance } from '../../instance.js';
import type { CheckResult } from '../check.js';
import { CHECKS } from '../index.js';
import { runChecks } from '../run.js';
import { gatherFacts } from './gather.js';

/** One look at every link of an instance's chain. `token`: as in {@link gatherFacts}. */
export async function look(instance: OpenInstance, token: string, now: () => number): Promise<CheckResult[]> {
  return runChecks(CHECKS, await gatherFacts(instance, token, now));
}
