import { utc } from '../chat/availability.js';
import { readEntry, verifyChain } from './entry.js';

/** What was read of the trail's two copies. */
export interface Copies {
  file: {
    path: string;
    lines: readonly string[];
    /** Is there half a line at its end? */
    half: boolean;
  };
  /** Of the stream, read after the file; left out where Redis was not asked. */
  redis?: readonly string[];
}

export interface Verdict {
  /** What is there, a line each. */
  found: string[];
  /** What was tampered with, or lost, a line each; empty: nothing. */
  faults: string[];
}

/** A worker writes its file so soon. Milliseconds. */
const FOLLOWED_MS = 60_000;

/** Is each copy the chain that was written, and are they the same? Nothing that stands in an entry is repeated. Pure. */
export function verifyTrail({ file, redis }: Copies, now: number): Verdict {
  const { path, lines, half } = file;
  const found = [
    `${path}: ${extentOf(lines)}${half ? '; half a line behind them, as a crash leaves it' : ''}`,
    redis === undefined ? 'Redis was not asked: whether the end was cut off is not known' : `Redis: ${extentOf(redis)}`,
  ];
  const inFile = verifyChain(lines);
  const inRedis = verifyChain(redis ?? []);
  const faults = [
    ...(inFile === undefined ? [] : [`${path}:${inFile.index + 1}: ${inFile.what}: ${inFile.words}`]),
    ...(inRedis === undefined ? [] : [`Redis, entry number ${inRedis.index + 1}: ${inRedis.what}: ${inRedis.words}`]),
  ];
  if (redis !== undefined) faults.push(...differences(path, lines, redis, now));
  return { found, faults };
}

function differences(path: string, file: readonly string[], redis: readonly string[], now: number): string[] {
  const common = Math.min(file.length, redis.length);
  const other = file.findIndex((line, index) => index < common && line !== redis[index]);
  if (other >= 0) return [`${path}:${other + 1}: changed: the line is not the one in Redis`];
  const range = (longer: readonly string[]) =>
    longer.length - common === 1 ? `entry ${longer.length}` : `entries ${common + 1} to ${longer.length}`;
  if (file.length > common)
    return [`Redis: missing: ${range(file)}, which the file has; a worker puts back what Redis lost`];
  const at = readEntry(redis[common] ?? '')?.at;
  if (redis.length === common || (at !== undefined && now - at < FOLLOWED_MS)) return [];
  return [`${path}: missing: ${range(redis)} at its end, which Redis has; or no worker runs with this data folder`];
}

function extentOf(lines: readonly string[]): string {
  const [first, last] = [readEntry(lines[0] ?? ''), readEntry(lines.at(-1) ?? '')];
  if (lines.length === 0) return 'nothing has been recorded';
  const many = `${lines.length} ${lines.length === 1 ? 'entry' : 'entries'}`;
  if (first === undefined || last === undefined) return many;
  return `${many}, ${utc(first.at)} to ${utc(last.at)}, the last hash is ${last.hash}`;
}
