import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { keywordTable } from './keyword-table.js';
import { type Labelled, readSets } from './labelled.js';
import { type Answered, calibrationOf, confusionsOf, isFirst, scoreOf } from './score.js';

/**
 * `npm run accuracy [-- FILE…] [--misses]`: the engine on labelled logs, beside a keyword table on the same.
 * Exits 0 when the logs could be read: a figure is for people; the tests hold the limits.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { misses: { type: 'boolean' } } });

const sets = readSets(positionals).map((set) => ({
  ...set,
  ours: set.logs.map(answered),
  table: set.logs.map((log): Answered => ({ log, cause: keywordTable(log.log), confidence: 'none', alternatives: [] })),
}));
const ours = sets.flatMap((set) => set.ours);

const scores = tableWith(['logs', 'held out', 'engine', 'right first', 'first or named', 'innocents blamed']);
for (const { name, heldOut, ours: mine, table } of sets) {
  scores.push(row(name, heldOut, 'Registrar', mine), row('', heldOut, 'keyword table', table));
}
scores.push(row('all', false, 'Registrar', ours));
scores.push(
  row(
    '',
    false,
    'keyword table',
    sets.flatMap((set) => set.table),
  ),
);
print(scores);

const calibration = tableWith(['said', 'logs', 'right first']);
for (const { confidence, logs, right } of calibrationOf(ours)) calibration.push([confidence, logs, share(right, logs)]);
print(calibration);

const confusion = tableWith(['wanted', 'given', 'logs', 'which']);
for (const { wanted, given, logs } of confusionsOf(ours))
  confusion.push([wanted, given, logs.length, logs.slice(0, 4).join(' ')]);
print(confusion);

if (values.misses === true) {
  for (const one of ours.filter((each) => !isFirst(each))) {
    process.stdout.write(
      `\n=== ${one.log.id}: wanted ${one.log.want.join(' or ')}, given ${one.cause} (${one.confidence}), or ${one.alternatives.join(', ')}\n${one.log.log}\n`,
    );
  }
}

function answered(log: Labelled): Answered {
  const { cause, confidence, alternatives } = diagnose(log.log);
  return { log, cause, confidence, alternatives: alternatives.map((one) => one.cause) };
}

function row(name: string, heldOut: boolean, engine: string, all: readonly Answered[]): string[] {
  const { logs, first, named, blamed, innocents } = scoreOf(all);
  return [name, heldOut ? 'yes' : '', engine, share(first, logs), share(named, logs), `${blamed} of ${innocents}`];
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
}

function tableWith(head: string[]): Table.Table {
  return new Table({ head, style: { head: [], border: [] } });
}

function print(table: Table.Table): void {
  process.stdout.write(`${table.toString()}\n`);
}
