import { link, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { loadConfig } from '../config/load.js';
import { EdgeError } from '../errors.js';
import type { TypedSecret } from './answers.js';

/**
 * Writes the configuration and its secrets: all of it, or nothing. What is there already is never overwritten.
 *
 * Errors: `config-invalid` when the loader does not take the text; `not-allowed` when a file appeared meanwhile; the
 * file system's own.
 */
export async function putInPlace(path: string, text: string, secrets: readonly TypedSecret[]): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  // Beside its place: what stands in it relative to itself is read as it will be.
  const draft = join(dirname(path), `.${basename(path)}.registrar-init`);
  try {
    await makeFolder(dirname(path), 0o777, undo);
    await rm(draft, { force: true });
    undo.push(() => rm(draft, { force: true }));
    await create(draft, text, 0o644);
    loadConfig(draft);
    for (const secret of secrets) {
      await makeFolder(dirname(secret.path), 0o700, undo);
      await create(secret.path, `${secret.value}\n`, 0o600);
      undo.push(() => rm(secret.path, { force: true }));
    }
    // A rename would overwrite what somebody wrote meanwhile.
    await link(draft, path);
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => {});
    const there = thereAlready(error);
    throw there === undefined ? error : notOverwritten(there);
  }
  await rm(draft, { force: true });
}

async function makeFolder(folder: string, mode: number, undo: (() => Promise<unknown>)[]): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode });
  if (first !== undefined) undo.push(() => rm(first, { recursive: true, force: true }));
}

async function create(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Which file it was that somebody else had made. */
function thereAlready(error: unknown): string | undefined {
  const { code, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  return code === 'EEXIST' ? (dest ?? path) : undefined;
}

export function notOverwritten(path: string): EdgeError {
  return new EdgeError({
    part: 'config',
    code: 'not-allowed',
    forPerson: {
      what: `${path} is there already, and stays as it is`,
      next: 'registrar init --output OTHER.yaml writes to another file; registrar config check tries this one',
    },
  });
}
