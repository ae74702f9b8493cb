import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diagnose as diagnoseLog } from '../src/diagnosis/diagnose.js';
import type { Bench, Benchmark } from './bench.js';
import { smallLog, writeLog } from './ci-log.js';
import { literalsAsEre, signalsAsEre } from './ere.js';
import { type Aim, alternate, median, pairsOf, type Result, result } from './result.js';
import { REGISTRAR, type Run, timed } from './timed.js';

const BYTES_PER_MB = 1_000_000;
/** grep needs seconds a megabyte for the whole expressions: the long log would take it minutes. MB. */
const SMALL = 3;
const FASTER: Aim = { is: 'at least', ratio: 1 };

/** The other program, and what it is given to count the lines that hold one of the patterns. */
interface Rival {
  name: string;
  program: string;
  args: readonly string[];
}

/** Without `--no-mmap` the whole log would count as ripgrep's memory. */
const RIPGREP: Rival = { name: 'rg -c -f', program: 'rg', args: ['--no-mmap', '-c', '-f'] };
const GREP: Rival = { name: 'grep -E -c -f', program: 'grep', args: ['-E', '-c', '-f'] };

/**
 * `registrar diagnose --json` on a CI log, from start to end of the process, against ripgrep and grep with as many
 * patterns on the same file: with the literals of the signals on the long log, and with their whole expressions on a
 * short one. Then what a short log takes in a process that has diagnosed before, as the worker has.
 */
export const diagnose: Benchmark = async (bench) => {
  const hasRipgrep = spawnSync('rg', ['--version']).status === 0;
  if (!hasRipgrep) bench.say('ripgrep is missing, so only grep is measured → apt-get install -y ripgrep');
  const long = await makeLog(bench, 'literals', bench.megabytes, literalsAsEre());
  const short = await makeLog(bench, 'expressions', Math.min(SMALL, bench.megabytes), signalsAsEre());
  return [
    ...(hasRipgrep ? await compare(bench, long, RIPGREP, 5, FASTER) : []),
    ...(await compare(bench, long, GREP, 3, FASTER)),
    ...(await compare(bench, short, GREP, 3)),
    warm(),
  ];
};

interface Input {
  log: string;
  patterns: string;
  megabytes: number;
  /** What the patterns are: the signals' literals, or their whole expressions. */
  of: string;
  count: number;
}

async function makeLog({ dir, say }: Bench, of: string, size: number, expressions: readonly string[]): Promise<Input> {
  const log = join(dir, `${of}.log`);
  const patterns = join(dir, of);
  const { bytes, lines, failureLines } = writeLog(log, size);
  await writeFile(patterns, `${expressions.join('\n')}\n`);
  say(`${of}: ${lines} lines, ${failureLines} of failing clients`);
  return { log, patterns, megabytes: bytes / BYTES_PER_MB, of, count: expressions.length };
}

async function compare(
  { say }: Bench,
  { log, patterns, megabytes, of, count }: Input,
  { name, program, args }: Rival,
  rounds: number,
  aim: Aim | null = null,
): Promise<Result[]> {
  const ours = () => timed(process.execPath, [REGISTRAR, 'diagnose', '--json', log]);
  const rival = () => timed(program, [...args, patterns, log]);
  const { cause } = JSON.parse((await ours()).output) as { cause: string };
  say(`${program} finds ${(await rival()).output.trim()} lines; the verdict is ${cause}`);
  const measured = await alternate(rounds, ours, rival);
  const size = `${megabytes.toFixed(0)} MB`;
  const common = {
    bench: 'diagnose',
    what: `${size}, ${count} patterns, the whole process, C.UTF-8`,
    baselineName: `${name}, signals' ${of}`,
  };
  const speed = ({ seconds }: Run) => megabytes / seconds;
  return [
    result({ ...common, name: `speed, ${size}`, unit: 'MB/s' }, pairsOf(measured, speed), aim),
    result(
      { ...common, name: `peak memory, ${size}`, unit: 'MB' },
      pairsOf(measured, ({ peak }) => peak),
    ),
  ];
}

const WARM_UPS = 200;
const WARM_RUNS = 500;
/** A person does not notice it, and it is nothing beside the queue and Slack. Milliseconds. */
const WARM_LIMIT_MS = 5;

function warm(): Result {
  const log = Buffer.from(smallLog());
  for (let run = 0; run < WARM_UPS; run++) diagnoseLog(log);
  const took = Array.from({ length: WARM_RUNS }, () => {
    const begun = performance.now();
    diagnoseLog(log);
    return performance.now() - begun;
  });
  return result(
    {
      bench: 'diagnose',
      name: 'p50 of 10 KB, warm',
      what: `${WARM_RUNS} times in this process, after ${WARM_UPS}`,
      unit: 'ms',
      baselineName: 'the limit',
    },
    [{ ours: median(took), baseline: WARM_LIMIT_MS }],
    { is: 'at most', ratio: 1 },
  );
}
