import { parseArgs } from 'node:util';
import { type Arena, startArena } from './arena.js';
import { chaos } from './chaos.js';
import { FAULTS } from './faults/index.js';
import { isClean, wordsOf } from './report.js';

const USAGE = 'usage: npm run chaos -- [FAULT …] [--seed N] [--kills N]';

/**
 * `npm run chaos`: breaks the laboratory in every way that a rotation may meet, kills its workers, and tells what came
 * of it. Exits 1 with any violation.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '500' },
      brief: { type: 'boolean' },
    },
  });
  const [seed, kills] = [Number(values.seed), Number(values.kills)];
  const faults = positionals.length === 0 ? FAULTS : FAULTS.filter(({ id }) => positionals.includes(id));
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(kills) || kills < 0 || faults.length < positionals.length) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const begun = performance.now();
  const report = await inArena((arena) =>
    chaos(arena, {
      ...{ seed, kills, faults, moments: values.brief === true ? 'one' : 'every' },
      say: (words) =>
        void process.stderr.write(`chaos: ${Math.round((performance.now() - begun) / 1000)} s: ${words}\n`),
    }),
  );
  process.stdout.write(`seed ${seed}\n${wordsOf(report)}\n`);
  return isClean(report) ? 0 : 1;
}

async function inArena<T>(work: (arena: Arena) => Promise<T>): Promise<T> {
  const starting = startArena();
  const interrupted = () =>
    void starting.then(
      (arena) => arena.stop().finally(() => process.exit(130)),
      () => process.exit(130),
    );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  const arena = await starting;
  try {
    return await work(arena);
  } finally {
    await arena.stop();
  }
}

process.exit(await main());
