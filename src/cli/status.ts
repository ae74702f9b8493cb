import { look } from '../checks/gather/look.js';
import { statusAnswer } from '../checks/report.js';
import { openConfig } from '../config/source.js';
import { withInstance } from '../instance.js';
import { printAnswer } from './print.js';

/** `registrar status [INSTANCE]`: the same look as in chat, without chat or queue. Exits 1 when a check fails. */
export async function statusCommand(configPath: string, name: string | undefined): Promise<number> {
  const config = openConfig(configPath);
  return withInstance(config, name, async (instance) => {
    const { results, seconds } = await look(instance, config.secret(instance.config.gitlab.token), Date.now);
    const note = `checked in ${seconds.toFixed(1)} s`;
    printAnswer(statusAnswer(instance.config.name, results, { all: true, note }));
    return results.some(({ verdict }) => verdict.is === 'fail') ? 1 : 0;
  });
}
