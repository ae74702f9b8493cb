import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EdgeError, messageOf } from '../../../errors.js';
import { replaceFile } from '../../../secrets/replace-file.js';

/** The files that hold the tokens, by their names beside registrar.yaml. */
export interface SecretFiles {
  /** `undefined`: it is not there, or empty. */
  read(name: string): Promise<string | undefined>;
  /** Seen before a token is made that could go nowhere. */
  mustBeWritable(name: string): Promise<void>;
  write(name: string, secret: string): Promise<void>;
}

const OURS_ALONE = 0o600;
const FOLDER = 0o700;

/** Errors: `file-unreadable`. */
export function openSecretFiles(base: string): SecretFiles {
  return {
    read: (name) =>
      tried(join(base, name), 'read', async () => {
        try {
          const text = (await readFile(join(base, name), 'utf8')).trim();
          return text === '' ? undefined : text;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
          throw error;
        }
      }),
    mustBeWritable: (name) =>
      tried(join(base, name), 'written', async () => {
        const folder = dirname(join(base, name));
        await mkdir(folder, { recursive: true, mode: FOLDER });
        await access(folder, constants.W_OK);
      }),
    write: (name, secret) =>
      tried(join(base, name), 'written', () => replaceFile(join(base, name), `${secret}\n`, { mode: OURS_ALONE })),
  };
}

async function tried<T>(path: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new EdgeError({
      part: 'config',
      code: 'file-unreadable',
      cause: error,
      forPerson: {
        what: `${path} can’t be ${what}`,
        why: messageOf(error),
        next: 'run this as the user that may, or put registrar.yaml elsewhere with --config',
      },
    });
  }
}
