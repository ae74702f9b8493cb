import { answer } from '../src/chat/answer.js';
import { gatherFacts } from '../src/checks/gather/gather.js';
import { CHECKS } from '../src/checks/index.js';
import { statusAnswer } from '../src/checks/report.js';
import { runChecks } from '../src/checks/run.js';
import { chooseInstance, lookAtUrl, type OpenInstance, withInstance } from '../src/instance.js';
import type { Handler } from '../src/queue/work.js';
import type { WorkerContext } from './context.js';

/** Looks at every link of an instance's chain and says which is broken. Reads only. */
export function statusWorker({ config, redis, hosts, now, log }: WorkerContext): Handler<'status'> {
  return async ({ instance: name, all }, say) => {
    const { name: chosen, gitlab } = chooseInstance(config.current(), name);
    await say(answer('running', `${chosen}: looking at every link of the chain`));
    const look = async (instance: OpenInstance) => {
      const begun = now();
      const facts = await gatherFacts(instance, config.secret(gitlab.token), now);
      const results = runChecks(CHECKS, facts);
      await say(
        statusAnswer(chosen, results, {
          all: all === true,
          note: `checked in ${((now() - begun) / 1000).toFixed(1)} s`,
        }),
      );
      // The history is a by-product: a GitLab that is down must not spoil the answer about it.
      await lookAtUrl(instance, redis, now()).catch((error: unknown) =>
        log.debug({ error: String(error) }, 'no look at the url'),
      );
    };
    await withInstance(config, chosen, look, hosts);
  };
}
