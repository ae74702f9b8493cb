import { readFile, realpath, stat } from 'node:fs/promises';
import { EdgeError, messageOf } from '../errors.js';
import { replaceFile } from '../secrets/replace-file.js';

/** The file that `file:PATH` of the configuration names. */
export interface TokenFile {
  readonly path: string;
  read(): Promise<string>;
  /**
   * Puts what it holds in its own place: seen before there is a new token that could go nowhere, for folders may be
   * read-only and files mounted alone. Errors: `secret-missing`.
   */
  mustBeReplaceable(): Promise<void>;
  /** Atomically, by the same owner and group, and read back. Errors: `secret-missing` with the old token still there. */
  write(token: string): Promise<void>;
}

const OTHERS = 0o007;
const NOBODY_ELSE = 0o660;

/**
 * A link is followed: what it points to is replaced.
 *
 * Errors: `secret-missing` when it can't be read; `not-allowed` when everybody on the machine may read it.
 */
export async function openTokenFile(named: string): Promise<TokenFile> {
  const path = await tried(named, 'be read', () => realpath(named));
  const { mode, uid, gid } = await tried(named, 'be read', () => stat(path));
  // As 0600 the new one would be, and whoever reads it as one of the others now would be locked out.
  if ((mode & OTHERS) !== 0) throw open(path);
  const owner = { mode: mode & NOBODY_ELSE, uid, gid };
  const read = async () => (await tried(path, 'be read', () => readFile(path, 'utf8'))).trim();
  const replace = (text: string) => tried(path, 'be replaced', () => replaceFile(path, text, owner));
  return {
    path,
    read,
    mustBeReplaceable: async () => replace(`${await read()}\n`),
    async write(token) {
      await replace(`${token}\n`);
      if ((await read()) !== token) throw refusal(path, 'be replaced', 'it holds something else than what was written');
    },
  };
}

async function tried<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusal(path, what, messageOf(error));
  }
}

function refusal(path: string, what: string, why: string): EdgeError {
  return new EdgeError({
    part: 'config',
    code: 'secret-missing',
    forPerson: {
      what: `the file of Registrar’s token can’t ${what}: ${path}`,
      why,
      next: 'run this as the user that may write that file and its folder; a secret that something else mounts is changed there',
    },
  });
}

function open(path: string): EdgeError {
  return new EdgeError({
    part: 'config',
    code: 'not-allowed',
    forPerson: {
      what: `everybody on this machine may read Registrar’s token: ${path}`,
      why: 'the new one may be read by its owner and its group only, and whoever relies on more would be locked out',
      next: `chmod o= ${path}, see that \`registrar config check\` works as the user that runs Registrar, and run this again`,
    },
  });
}
