import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { type Fault, faults } from '../../test/lab/host/faults/index.js';
import { type Lab, startLab } from '../../test/lab/lab.js';
import { look } from '../../test/lab/look.js';
import { baselinesOf } from './baselines.js';
import { type Answer, BASELINES, type Row, rowOf, summaryOf } from './score.js';

/** So many of the checks that notice a fault are told. */
const TOLD = 3;

const USAGE = 'usage: npm run faults -- [FAULT …] [--details]';

/**
 * `npm run faults`: breaks the laboratory in every way it knows, and tells who notices: our checks, and what is looked
 * at without them. Exits 1 when ours miss a fault, or name another link than the one that is broken.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { details: { type: 'boolean' } } });
  const wanted = positionals.length === 0 ? faults : faults.filter(({ id }) => positionals.includes(id));
  if (wanted.length < positionals.length) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  for (const { id, unavailable } of wanted) {
    const why = unavailable?.();
    if (why !== undefined) process.stderr.write(`faults: ${id} left out: ${why}\n`);
  }
  const possible = wanted.filter(({ unavailable }) => unavailable?.() === undefined);
  const rows = await inLab((lab) => breakAll(lab, possible, values.details === true));
  process.stdout.write(`${tableOf(rows)}\n${summaryOf(rows)}\n`);
  return rows.every(({ isNoticed, isRightLink }) => isNoticed && isRightLink) ? 0 : 1;
}

async function inLab<T>(work: (lab: Lab) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'registrar-faults-'));
  let lab: Lab | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () =>
    (stopping ??= (async () => {
      await lab?.stop();
      await rm(dir, { recursive: true, force: true });
    })());
  const interrupted = () => void stop().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  try {
    lab = await startLab({ dir });
    return await work(lab);
  } finally {
    await stop();
  }
}

/** One after the other, each in an instance that is healthy again. */
async function breakAll(lab: Lab, wanted: readonly Fault[], withDetails: boolean): Promise<Row[]> {
  const ask = baselinesOf(lab);
  const rows: Row[] = [];
  let before = await look(lab);
  for (const { id: fault, link } of wanted) {
    process.stderr.write(`faults: ${fault} …\n`);
    const repair = await lab.break(fault);
    try {
      const row = rowOf({ fault, link, before, during: await look(lab), baselines: await ask() });
      rows.push(row);
      if (withDetails) process.stderr.write(detailsOf(row));
    } finally {
      await repair();
    }
    before = await look(lab);
  }
  return rows;
}

function tableOf(rows: readonly Row[]): string {
  const head = ['fault', 'at fault', 'ours', 'named', ...BASELINES];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { fault, link, noticing, named, isRightLink, baselines } of rows) {
    const ids = noticing.map(({ id }) => id);
    const more = ids.length > TOLD ? ` +${ids.length - TOLD}` : '';
    table.push([
      fault,
      link ?? '–',
      ids.length === 0 ? 'MISSED' : `${ids.slice(0, TOLD).join(', ')}${more}`,
      `${named ?? '–'}${isRightLink ? '' : ' WRONG'}`,
      ...BASELINES.map((one) => shown(baselines[one])),
    ]);
  }
  return table.toString();
}

function shown({ said, isFine }: Answer): string {
  return isFine ? 'fine' : `notices: ${said}`;
}

function detailsOf({ noticing }: Row): string {
  const lines = noticing.map(({ id, link, verdict, because }) => {
    const fix = 'fix' in verdict ? ` → ${verdict.fix}` : '';
    const cause = because === undefined ? '' : ` (follows from ${because})`;
    return `  ${verdict.is} ${id} [${link ?? '–'}]${cause}: ${verdict.because}${fix}\n`;
  });
  return lines.join('');
}

process.exit(await main());
