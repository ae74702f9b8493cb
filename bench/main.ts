import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { ack } from './ack.js';
import type { Bench, Benchmark } from './bench.js';
import { diagnose } from './diagnose.js';
import { footprint } from './footprint.js';
import { hosts } from './hosts.js';
import { queue } from './queue.js';
import type { Result } from './result.js';
import { rotation } from './rotation.js';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = { ack, queue, diagnose, footprint, hosts, rotation };

const USAGE = `usage: npm run bench -- [${Object.keys(BENCHMARKS).join('|')} …] [--json FILE] [--in MB] [--projects N] [--rate CALLS]`;

/**
 * `npm run bench`: every figure beside a baseline's of the same run. Exits 0 when all were taken, whether or not an
 * aim is met: a busy machine must not fail a build. One that breaks leaves the others' figures standing.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string', default: join('data', 'bench-results.json') },
      in: { type: 'string', default: '1000' },
      projects: { type: 'string', default: '1000' },
      rate: { type: 'string', default: '6000' },
    },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
  const sizes = { megabytes: Number(values.in), projects: Number(values.projects), perMinute: Number(values.rate) };
  if (names.some((name) => BENCHMARKS[name] === undefined) || !Object.values(sizes).every((size) => size >= 1)) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const results: Result[] = [];
  const failed: string[] = [];
  for (const name of names) {
    const benchmark = BENCHMARKS[name];
    if (benchmark === undefined) continue;
    process.stderr.write(`bench: ${name} …\n`);
    try {
      results.push(...(await runOne(benchmark, sizes)));
    } catch (error) {
      failed.push(name);
      process.stderr.write(`bench: ${name} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    }
  }
  process.stdout.write(`${tableOf(results)}\n`);
  await mkdir(dirname(values.json), { recursive: true });
  const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model ?? '' };
  await writeFile(
    values.json,
    `${JSON.stringify({ at: new Date().toISOString(), machine, results, failed }, null, 2)}\n`,
  );
  process.stdout.write(`${values.json}\n`);
  return failed.length === 0 ? 0 : 1;
}

async function runOne(
  benchmark: Benchmark,
  sizes: Pick<Bench, 'megabytes' | 'projects' | 'perMinute'>,
): Promise<Result[]> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-bench-'));
  // Accounts of the lab's hosts have their files below it.
  await chmod(dir, 0o711);
  const started: { stop(): Promise<void> }[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopAll(started, dir));
  const interrupted = () => void stop().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  try {
    return await benchmark({
      dir,
      own(one) {
        started.push(one);
        return one;
      },
      say: (line) => void process.stderr.write(`  ${line}\n`),
      ...sizes,
    });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupted);
    await stop();
  }
}

async function stopAll(started: { stop(): Promise<void> }[], dir: string): Promise<void> {
  for (const one of started.reverse()) await one.stop().catch((error: unknown) => process.stderr.write(`${error}\n`));
  await rm(dir, { recursive: true, force: true });
}

function tableOf(results: readonly Result[]): string {
  const table = new Table({
    head: ['bench', 'figure', 'ours', 'baseline', 'ratio', 'aim', ''],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [] },
  });
  for (const { bench, name, unit, ours, baseline, baselineName, ratio, aim, met } of results) {
    table.push([
      bench,
      name,
      `${shown(ours)} ${unit}`,
      `${shown(baseline)} ${unit}\n${baselineName}`,
      ratio.toFixed(2),
      aim === null ? '' : `${aim.is} ${aim.ratio}`,
      met === null ? '' : met ? 'met' : 'MISSED',
    ]);
  }
  return table.toString();
}

function shown(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure.toFixed(figure >= 10 ? 1 : 2);
}

process.exit(await main());
