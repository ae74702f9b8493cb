import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EdgeError } from '../errors.js';
import { replaceFile } from '../secrets/replace-file.js';

/** What a rotation of Registrar's own token has done and is about to do. The secrets in it are sealed. */
export const OwnJournal = z.object({
  old: z.object({ id: z.int(), secret: z.string() }),
  userId: z.int(),
  name: z.string(),
  scopes: z.array(z.string()),
  /** YYYY-MM-DD; left out: the latest that GitLab allows. */
  expiresAt: z.string().optional(),
  /** The user's tokens before the new one was asked for: one whose answer was lost is not among them. */
  knownIds: z.array(z.int()),
  fresh: z.object({ id: z.int(), secret: z.string() }).optional(),
});
export type OwnJournal = z.infer<typeof OwnJournal>;

/** In the data folder, for it has to outlive a crash at any moment, and Redis may be the app's own. */
export class OwnJournalFile {
  readonly path: string;
  readonly #lock: string;

  constructor(dataDir: string, instance: string) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.path = join(dataDir, `own-token-${instance}.json`);
    this.#lock = join(dataDir, `own-token-${instance}.lock`);
  }

  load(): OwnJournal | undefined {
    const text = textOf(this.path);
    return text === undefined ? undefined : OwnJournal.parse(JSON.parse(text));
  }

  save(journal: OwnJournal): Promise<void> {
    return replaceFile(this.path, JSON.stringify(journal), { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  /** One process at a time; what it gives ends that. Errors: `ambiguous`. */
  lock(): () => void {
    try {
      writeFileSync(this.#lock, String(process.pid), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (isAlive(Number(textOf(this.#lock)))) throw underWay(this.#lock);
      // Whoever had it was killed.
      rmSync(this.#lock, { force: true });
      return this.lock();
    }
    return () => rmSync(this.#lock, { force: true });
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs as another user.
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function underWay(lock: string): EdgeError {
  return new EdgeError({
    part: 'registrar',
    code: 'ambiguous',
    forPerson: {
      what: 'the token is being rotated by another process',
      next: `wait for it; if there is none (in a container, process numbers repeat), remove ${lock}`,
    },
  });
}
