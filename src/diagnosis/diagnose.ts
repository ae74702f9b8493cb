import { CAUSES } from './causes/index.js';
import type { Diagnosis } from './diagnosis.js';
import { LANDMARKS } from './landmarks.js';
import { compilePatterns } from './reading/patterns.js';
import { Reader, type Reading } from './reading/reader.js';
import { unwrap } from './reading/unwrap.js';
import { judge } from './verdict.js';

const patterns = compilePatterns(CAUSES, LANDMARKS);

/** A diagnosis under way: push the log's bytes, then ask for the verdict. Reads in one pass, in bounded memory. */
export interface Diagnosing {
  push(chunk: Buffer): void;
  end(): Diagnosis;
}

export function startDiagnosis(): Diagnosing {
  const reader = new Reader(patterns);
  return { push: (chunk) => reader.push(chunk), end: () => judge(whole(reader.end()), CAUSES) };
}

/** Of the end of the log, which is kept line by line, lines that were broken at a width are read as the ones they were. */
function whole(reading: Reading): Reading {
  const tail = unwrap(reading.tail);
  if (tail === reading.tail) return reading;
  const first = tail[0]?.line ?? 0;
  const stamps = new Map(reading.tail.map(({ line, at }) => [line, at]));
  const events = tail.map((one) => {
    const at = stamps.get(one.line);
    return { ...one, matches: patterns.match(one.text), ...(at === undefined ? {} : { at }) };
  });
  return {
    ...reading,
    tail,
    events: [
      ...reading.events.filter(({ line }) => line < first),
      ...events.filter(({ matches }) => matches.length > 0),
    ],
  };
}

/** Diagnoses a log that is in memory already. */
export function diagnose(log: string | Buffer): Diagnosis {
  const diagnosing = startDiagnosis();
  diagnosing.push(typeof log === 'string' ? Buffer.from(log) : log);
  return diagnosing.end();
}
