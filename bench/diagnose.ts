import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Benchmark } from './bench.js';
import { writeLog } from './ci-log.js';
import { literalsAsEre, signalsAsEre } from './ere.js';
import { alternate, pairsOf, type Result, result } from './result.js';
import { REGISTRAR, timed } from './timed.js';

const BYTES_PER_MB = 1_000_000;
/** grep needs seconds a megabyte for the whole expressions: the long log would take it minutes. MB. */
const SMALL = 3;

/**
 * `registrar diagnose --json` on a CI log, from start to end of the process, against grep with as many patterns on the
 * same file: once with the literals of the signals on the long log, once with their whole expressions on a short one.
 */
export const diagnose: Benchmark = async (bench) => [
  ...(await compare(bench, {
    name: 'literals',
    megabytes: bench.megabytes,
    rounds: 5,
    patterns: literalsAsEre(),
    baselineName: "grep -E -c -f, signals' literals",
  })),
  ...(await compare(bench, {
    name: 'expressions',
    megabytes: Math.min(SMALL, bench.megabytes),
    rounds: 3,
    patterns: signalsAsEre(),
    baselineName: 'grep -E -c -f, whole signals',
  })),
];

async function compare(
  { dir, say }: Bench,
  options: { name: string; megabytes: number; rounds: number; patterns: readonly string[]; baselineName: string },
): Promise<Result[]> {
  const { name, patterns, baselineName } = options;
  const log = join(dir, `${name}.log`);
  const file = join(dir, name);
  const { bytes, lines, failureLines } = writeLog(log, options.megabytes);
  await writeFile(file, `${patterns.join('\n')}\n`);

  const ours = () => timed(process.execPath, [REGISTRAR, 'diagnose', '--json', log]);
  const grep = () => timed('grep', ['-E', '-c', '-f', file, log]);
  const { cause } = JSON.parse((await ours()).output) as { cause: string };
  const matched = (await grep()).output.trim();
  say(`${lines} lines, ${failureLines} of failing clients; grep finds ${matched}; the verdict is ${cause}`);
  const rounds = await alternate(options.rounds, ours, grep);

  const megabytes = bytes / BYTES_PER_MB;
  const what = `${megabytes.toFixed(0)} MB, ${patterns.length} patterns, the whole process, C.UTF-8`;
  const of = { bench: 'diagnose', what, baselineName };
  return [
    result(
      { ...of, name: `speed, ${megabytes.toFixed(0)} MB`, unit: 'MB/s' },
      pairsOf(rounds, ({ seconds }) => megabytes / seconds),
    ),
    result(
      { ...of, name: `peak memory, ${megabytes.toFixed(0)} MB`, unit: 'MB' },
      pairsOf(rounds, ({ peak }) => peak),
    ),
  ];
}
