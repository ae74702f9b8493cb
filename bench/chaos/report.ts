import Table from 'cli-table3';
import type { End } from './judge.js';

/** One rotation, when everything is over. */
export interface Run {
  fault: string;
  end: End | 'under way';
  /** Of the probe: logins that were tried, those that were refused, and those that met a registry that was down. */
  tries: number;
  refusals: number;
  away: number;
  violations: readonly string[];
}

export interface Row extends Pick<Run, 'fault' | 'tries' | 'refusals' | 'away'> {
  runs: number;
  ends: Record<Run['end'], number>;
  violations: readonly string[];
}

export interface Report {
  rows: readonly Row[];
  /** What is wrong, and belongs to no rotation in particular. */
  general: readonly string[];
  /** Processes that were killed, and rotations that they had under way. */
  killed: number;
  hit: number;
  /** Tokens that there ever were, and in how much they were looked for. */
  secrets: number;
  megabytes: number;
}

/** So many violations of a fault are told. */
const TOLD = 10;

export function rowOf(fault: string, all: readonly Run[]): Row {
  const runs = all.filter((run) => run.fault === fault);
  const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0);
  const ending = (end: Run['end']) => sum((run) => (run.end === end ? 1 : 0));
  return {
    fault,
    runs: runs.length,
    ends: {
      rotated: ending('rotated'),
      undone: ending('undone'),
      left: ending('left'),
      'under way': ending('under way'),
    },
    tries: sum(({ tries }) => tries),
    refusals: sum(({ refusals }) => refusals),
    away: sum(({ away }) => away),
    violations: runs.flatMap(({ violations }) => violations),
  };
}

export function isClean({ rows, general }: Report): boolean {
  return general.length === 0 && rows.every(({ violations }) => violations.length === 0);
}

/** The table, what is wrong, and the sums. */
export function wordsOf(report: Report): string {
  const { rows, general, killed, hit, secrets, megabytes } = report;
  const head = ['fault', 'runs', 'rotated', 'undone', 'left', 'logins tried', 'refused', 'registry down', 'violations'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { fault, runs, ends, tries, refusals, away, violations } of rows)
    table.push([fault, runs, ends.rotated, ends.undone, ends.left, tries, refusals, away, violations.length]);
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const wrong = rows.flatMap(({ fault, violations }) => [
    ...violations.slice(0, TOLD).map((words) => `✘ ${fault}: ${words}`),
    ...(violations.length > TOLD ? [`✘ ${fault}: and ${violations.length - TOLD} more`] : []),
  ]);
  return [
    table.toString(),
    ...wrong,
    ...general.map((words) => `✘ ${words}`),
    `${sum(({ runs }) => runs)} rotations · ${killed} workers killed with ${hit} rotations under way · ` +
      `${sum(({ tries }) => tries)} logins tried, ${sum(({ refusals }) => refusals)} refused · ` +
      `${secrets} secrets looked for in ${megabytes} MB · ` +
      `${sum(({ violations }) => violations.length) + general.length} violations`,
  ].join('\n');
}
