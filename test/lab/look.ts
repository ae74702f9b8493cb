import type { CheckResult } from '../../src/checks/check.js';
import { gatherFacts } from '../../src/checks/gather/gather.js';
import { CHECKS } from '../../src/checks/index.js';
import { runChecks } from '../../src/checks/run.js';
import { openConfig } from '../../src/config/source.js';
import { withInstance } from '../../src/instance.js';
import type { Lab } from './lab.js';

/** What `/registry status` finds in the lab now, through real edges. */
export async function look({ configPath }: Lab): Promise<CheckResult[]> {
  const source = openConfig(configPath);
  return withInstance(source, undefined, async (instance) => {
    const token = source.secret(instance.config.gitlab.token);
    return runChecks(CHECKS, await gatherFacts(instance, token, Date.now));
  });
}
