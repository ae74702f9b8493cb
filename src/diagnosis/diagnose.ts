import { CAUSES } from './causes/index.js';
import type { Diagnosis } from './diagnosis.js';
import { LANDMARKS } from './landmarks.js';
import { compilePatterns } from './reading/patterns.js';
import { Reader } from './reading/reader.js';
import { judge } from './verdict.js';

const patterns = compilePatterns(CAUSES, LANDMARKS);

/** A diagnosis under way: push the log's bytes, then ask for the verdict. Reads in one pass, in bounded memory. */
export interface Diagnosing {
  push(chunk: Buffer): void;
  end(): Diagnosis;
}

export function startDiagnosis(): Diagnosing {
  const reader = new Reader(patterns);
  return { push: (chunk) => reader.push(chunk), end: () => judge(reader.end(), CAUSES) };
}

/** Diagnoses a log that is in memory already. */
export function diagnose(log: string | Buffer): Diagnosis {
  const diagnosing = startDiagnosis();
  diagnosing.push(typeof log === 'string' ? Buffer.from(log) : log);
  return diagnosing.end();
}
