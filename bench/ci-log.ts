import { closeSync, openSync, writeSync } from 'node:fs';
import { CAUSES } from '../src/diagnosis/causes/index.js';
import { ordinaryLine, type Random, randomOf } from '../test/diagnosis/ordinary/index.js';

const CHUNK_BYTES = 1024 * 1024;
/** Of the lines, those that a failing client printed. */
const FAILURES = 0.0005;
const COLOURED = 0.05;
const BYTES_PER_MB = 1_000_000;

export interface GeneratedLog {
  bytes: number;
  lines: number;
  failureLines: number;
}

/**
 * Writes a CI log: what package managers, compilers, tests, image builds and deployments print all day, and between
 * it lines of the catalogue's own examples, which real clients printed. The same size gives the same bytes. It ends
 * in a failing job.
 */
export function writeLog(path: string, megabytes: number): GeneratedLog {
  const random = randomOf(20_260_805);
  const failures = CAUSES.flatMap(({ examples }) => examples.flatMap(({ log }) => log.split('\n'))).filter(
    (line) => line.trim() !== '' && !line.startsWith('$ '),
  );
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const file = openSync(path, 'w');
  const log = { bytes: 0, lines: 0, failureLines: 0 };
  try {
    let second = 0;
    while (log.bytes < megabytes * BYTES_PER_MB) {
      const chunk: string[] = [];
      for (let size = 0; size < CHUNK_BYTES; ) {
        const failing = random() < FAILURES;
        if (failing) log.failureLines++;
        if (random() < 0.02) second++;
        const text = failing ? pick(failures) : ordinaryLine(random);
        const coloured = random() < COLOURED ? `\u001b[32;1m${text}\u001b[0;m` : text;
        const line = `${stamp(second, random)}${coloured}\n`;
        chunk.push(line);
        size += line.length;
      }
      log.lines += chunk.length;
      log.bytes += writeSync(file, chunk.join(''));
    }
    log.bytes += writeSync(file, END);
    log.lines += END.split('\n').length - 1;
  } finally {
    closeSync(file);
  }
  return log;
}

const END = `$ docker push registry.example.com/shop/api:1
The push refers to repository [registry.example.com/shop/api]
5f70bf18a086: Preparing
denied: requested access to the resource is denied
ERROR: Job failed: exit code 1
`;

/** GitLab Runner's time stamp of a line (FF_TIMESTAMPS). */
function stamp(second: number, random: Random): string {
  const time = new Date(1_785_924_000_000 + second * 1000).toISOString().slice(0, 19);
  return `${time}.${String(Math.floor(random() * 1e6)).padStart(6, '0')}Z 01O `;
}

const SMALL_BYTES = 10_000;

/** What a job of ordinary length leaves: ordinary lines, then a refused push. */
export function smallLog(): string {
  const random = randomOf(10);
  const lines: string[] = [];
  for (let size = 0; size < SMALL_BYTES; ) {
    const line = `${ordinaryLine(random)}\n`;
    lines.push(line);
    size += line.length;
  }
  return `${lines.join('')}${END}`;
}
