import { renderTerminal } from '../chat/terminal/render.js';
import { openConfig } from '../config/source.js';
import { lookAtSettings } from '../effective/gather.js';
import { proposalAnswer, settingsAnswer } from '../effective/report.js';
import { withInstance } from '../instance.js';
import { drawing } from './terminal-options.js';

/** `registrar config show [INSTANCE]`: the same as in chat, without chat or queue. Exits 1 with findings. */
export async function configShowCommand(
  configPath: string,
  name: string | undefined,
  propose: boolean,
): Promise<number> {
  const look = await withInstance(openConfig(configPath), name, lookAtSettings);
  const { parts, ...answer } = propose ? proposalAnswer(look) : settingsAnswer(look);
  const shown = parts.filter(({ kind }) => kind !== 'buttons');
  process.stdout.write(`${renderTerminal({ ...answer, parts: shown }, drawing()).text}\n`);
  return look.linted.findings.length === 0 ? 0 : 1;
}
