import { answer } from '../src/chat/answer.js';
import { lookAtSettings } from '../src/effective/gather.js';
import { proposalAnswer, settingsAnswer } from '../src/effective/report.js';
import { chooseInstance, withInstance } from '../src/instance.js';
import type { Handler } from '../src/queue/work.js';
import type { WorkerContext } from './context.js';

/** Tells the settings in force, or how gitlab.rb is put right. Reads only. */
export function configWorker({ config, hosts }: WorkerContext): Handler<'config'> {
  return async ({ instance: name, propose }, say) => {
    const { name: chosen } = chooseInstance(config.current(), name);
    await say(answer('running', `${chosen}: reading the host’s files`));
    const look = await withInstance(config, chosen, lookAtSettings, hosts);
    await say(propose === true ? proposalAnswer(look) : settingsAnswer(look));
  };
}
