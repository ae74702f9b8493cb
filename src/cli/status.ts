import { renderTerminal } from '../chat/terminal/render.js';
import { gatherFacts } from '../checks/gather/gather.js';
import { CHECKS } from '../checks/index.js';
import { statusAnswer } from '../checks/report.js';
import { runChecks } from '../checks/run.js';
import { openConfig } from '../config/source.js';
import { withInstance } from '../instance.js';
import { drawing } from './terminal-options.js';

/** `registrar status [INSTANCE]`: the same look as in chat, without chat or queue. Exits 1 when a check fails. */
export async function statusCommand(configPath: string, name: string | undefined): Promise<number> {
  const config = openConfig(configPath);
  return withInstance(config, name, async (instance) => {
    const begun = Date.now();
    const facts = await gatherFacts(instance, config.secret(instance.config.gitlab.token), Date.now);
    const results = runChecks(CHECKS, facts);
    const { parts, ...answer } = statusAnswer(instance.config.name, results, {
      all: true,
      note: `checked in ${((Date.now() - begun) / 1000).toFixed(1)} s`,
    });
    process.stdout.write(
      `${renderTerminal({ ...answer, parts: parts.filter(({ kind }) => kind !== 'buttons') }, drawing()).text}\n`,
    );
    return results.some(({ verdict }) => verdict.is === 'fail') ? 1 : 0;
  });
}
