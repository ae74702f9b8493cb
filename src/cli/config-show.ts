import { openConfig } from '../config/source.js';
import { lookAtSettings } from '../effective/gather.js';
import { proposalAnswer, settingsAnswer } from '../effective/report.js';
import { withInstance } from '../instance.js';
import { printAnswer } from './print.js';

/** `registrar config show [INSTANCE]`: the same as in chat, without chat or queue. Exits 1 with findings. */
export async function configShowCommand(
  configPath: string,
  name: string | undefined,
  propose: boolean,
): Promise<number> {
  const look = await withInstance(openConfig(configPath), name, lookAtSettings);
  printAnswer(propose ? proposalAnswer(look) : settingsAnswer(look));
  return look.linted.findings.length === 0 ? 0 : 1;
}
