import { stripVTControlCharacters } from 'node:util';
import type { Host } from '../config/schema.js';
import { EdgeError } from '../errors.js';
import type { SshPool } from '../host/pool.js';
import { redact } from '../secrets/redact.js';
import type { OperationEnd } from './journal.js';
import { commandOn, OPERATIONS, type OperationKind } from './operation.js';
import { whyNotRun } from './refused.js';

/** So much of an output is shown, from its end. Lines, and characters of each. */
const LINES = 20;
const LINE_LENGTH = 300;

/** A line of a diff that reconfigure prints of a file: it may hold a secret of any shape. */
const OF_DIFF = /^\s+(?:\+|-(?! \w))/;

/** Runs the command on the host, once. Whatever happens is an end; never rejects for a part of the world. */
export async function runOperation(pool: SshPool, host: Host, kind: OperationKind): Promise<OperationEnd> {
  const { ms, done } = OPERATIONS[kind];
  try {
    const run = await pool.run(host, commandOn(host, kind), '', { ms, once: true });
    const refused = whyNotRun(run, host, kind);
    if (refused !== undefined) return { is: 'refused', ...refused };
    return {
      is: 'ran',
      code: run.code,
      done: done.test(run.stdout),
      output: lastLines(`${run.stdout}\n${run.stderr}`),
    };
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    const { what, why } = error.forPerson;
    if (error.code !== 'stopped-halfway') return { is: 'refused', ...error.forPerson };
    return { is: 'unknown', why: why ?? what };
  }
}

/** Without secrets. */
export function lastLines(output: string): string {
  return redact(stripVTControlCharacters(output))
    .text.split('\n')
    .filter((line) => line.trim() !== '' && !OF_DIFF.test(line))
    .slice(-LINES)
    .map((line) => line.trimEnd().slice(0, LINE_LENGTH))
    .join('\n');
}
