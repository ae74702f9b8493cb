import { gatherFacts } from '../src/checks/gather/gather.js';
import { CHECKS } from '../src/checks/index.js';
import { statusAnswer } from '../src/checks/report.js';
import { runChecks } from '../src/checks/run.js';
import { openConfig } from '../src/config/source.js';
import { createSshPool } from '../src/host/pool.js';
import { withInstance } from '../src/instance.js';
import { answerParent } from './child.js';
import { memoryOf } from './memory.js';

/** Looks at instances as the worker does, in a process of its own. */
export interface Look {
  instance: string;
  /** Without connections of an earlier look. */
  cold: boolean;
}

export interface Looked {
  /** From the question to the answer's text. Milliseconds. */
  ms: number;
  /** Of the host that took longest within it; of all hosts together that is the least. Milliseconds. */
  slowest: number;
  /** Resident memory at its highest, since the process began. MB. */
  peak: number;
}

const config = openConfig(process.argv[2] ?? '');
let pool = createSshPool(config.secret);

answerParent<Look, Looked>(async ({ instance: name, cold }) => {
  if (cold) {
    await pool.close();
    pool = createSshPool(config.secret);
  }
  const took: number[] = [];
  const begun = performance.now();
  const ms = await withInstance(
    config,
    name,
    async (instance) => {
      const probe: typeof instance.probe = async (host, closely) => {
        const asked = performance.now();
        const seen = await instance.probe(host, closely);
        took.push(performance.now() - asked);
        return seen;
      };
      const facts = await gatherFacts({ ...instance, probe }, config.secret(instance.config.gitlab.token), Date.now);
      const results = runChecks(CHECKS, facts);
      statusAnswer(name, results, { all: true, note: '' });
      const ended = performance.now() - begun;
      const failed = results.flatMap(({ id, verdict }) =>
        verdict.is === 'fail' ? [`${id}: ${verdict.because.slice(0, 300)}`] : [],
      );
      if (failed.length > 0) throw new Error(`the instance of ${name} hosts is not well: ${failed.join('; ')}`);
      return ended;
    },
    pool,
  );
  return { ms, slowest: Math.max(...took), peak: memoryOf(process.pid, 'VmHWM') ?? Number.NaN };
});
