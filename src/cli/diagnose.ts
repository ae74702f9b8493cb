import { closeSync, openSync, readSync } from 'node:fs';
import { renderTerminal } from '../chat/terminal/render.js';
import { startDiagnosis } from '../diagnosis/diagnose.js';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import { diagnosisAnswer } from '../diagnosis/report.js';
import { EdgeError, messageOf } from '../errors.js';
import { isJobUrl } from '../gitlab/job-url.js';
import { formatReference } from '../registry/reference.js';
import { redactDeep } from '../secrets/redact.js';
import { drawing } from './terminal-options.js';

/** One buffer for all files: memory does not grow with a log. Bytes. */
const BUFFER_BYTES = 1024 * 1024;
const STANDARD_INPUT = 0;

export interface DiagnoseOptions {
  json?: boolean;
  /** A CSV file with the addresses of jobs. */
  jobs?: string;
}

/**
 * `registrar diagnose [--json] FILE…|JOB-URL…|-`: for files no configuration and no network; the address of a job, or a
 * CSV file of them, is fetched from the GitLab that the configuration names.
 *
 * Exits 0 when every input could be read, 2 with one line on standard error per input that could not.
 */
export async function diagnoseCommand(
  files: readonly string[],
  { json = false, jobs }: DiagnoseOptions,
  configPath: string,
): Promise<number> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let code = 0;
  const inputs = [...files, ...(jobs === undefined ? [] : await jobUrlsOf(jobs))];
  if (jobs !== undefined && inputs.length === 0) code = 2;
  for (const file of inputs.length > 0 || jobs !== undefined ? inputs : ['-']) {
    try {
      const read = isJobUrl(file) ? await diagnoseUrl(configPath, file) : diagnoseFile(file, buffer);
      const { value: diagnosis, found } = redactDeep(read);
      process.stdout.write(
        json
          ? `${JSON.stringify(toJson(file, diagnosis))}\n`
          : `${inputs.length > 1 ? `${file}\n` : ''}${drawn(diagnosis, found)}\n`,
      );
    } catch (error) {
      process.stderr.write(`registrar: ${file}: ${onOneLine(error)}\n`);
      code = 2;
    }
  }
  return code;
}

/** Loaded when it is asked for: a file is diagnosed without configuration, HTTP client or queue. */
async function diagnoseUrl(configPath: string, url: string): Promise<Diagnosis> {
  return (await import('./diagnose-jobs.js')).diagnoseJob(configPath, url);
}

async function jobUrlsOf(path: string): Promise<string[]> {
  const urls = (await import('./diagnose-jobs.js')).readJobUrls(path);
  if (urls.length === 0) process.stderr.write(`registrar: ${path}: no row holds the address of a job\n`);
  return urls;
}

function onOneLine(error: unknown): string {
  if (!(error instanceof EdgeError)) return messageOf(error);
  const { what, why, next } = error.forPerson;
  return [what, why, next]
    .filter(Boolean)
    .join('; ')
    .replace(/\s*\n\s*/g, '; ');
}

function diagnoseFile(file: string, buffer: Buffer): Diagnosis {
  const diagnosing = startDiagnosis();
  const input = file === '-' ? STANDARD_INPUT : openSync(file, 'r');
  try {
    for (;;) {
      const length = read(input, buffer);
      if (length === 0) return diagnosing.end();
      diagnosing.push(buffer.subarray(0, length));
    }
  } finally {
    if (input !== STANDARD_INPUT) closeSync(input);
  }
}

/** A pipe that is not ready yet answers EAGAIN, a closed terminal EOF. */
function read(input: number, buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(input, buffer, 0, buffer.length, null);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** The documented form of a diagnosis; keys are never left out. */
function toJson(file: string, { cause, confidence, alternatives, evidence, fix, facts }: Diagnosis): object {
  return {
    file,
    cause,
    confidence,
    alternatives,
    operation: facts?.operation ?? null,
    client: facts?.client === undefined ? null : [facts.client.name, facts.client.version].filter(Boolean).join(' '),
    registry: facts?.registry ?? null,
    image: facts?.image === undefined ? (facts?.imageText ?? null) : formatReference(facts.image),
    evidence,
    fix,
  };
}

function drawn(diagnosis: Diagnosis, leaked: readonly string[]): string {
  return renderTerminal(diagnosisAnswer(diagnosis, { leaked }), drawing()).text;
}
