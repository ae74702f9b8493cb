import { parseArgs } from 'node:util';
import { chaos } from './chaos.js';
import { isClean, wordsOf } from './report.js';

const USAGE = 'usage: npm run chaos -- [--seed N] [--kills N]';

/**
 * `npm run chaos`: breaks the laboratory in every way that a rotation may meet, kills its workers, and tells what came
 * of it. Exits 1 with any violation.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '500' },
      brief: { type: 'boolean' },
    },
  });
  const [seed, kills] = [Number(values.seed), Number(values.kills)];
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(kills) || kills < 0) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const begun = performance.now();
  const report = await chaos({
    ...{ seed, kills, moments: values.brief === true ? 'one' : 'every' },
    say: (words) => void process.stderr.write(`chaos: ${Math.round((performance.now() - begun) / 1000)} s: ${words}\n`),
  });
  process.stdout.write(`seed ${seed}\n${wordsOf(report)}\n`);
  return isClean(report) ? 0 : 1;
}

process.exit(await main());
