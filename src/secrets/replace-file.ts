import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Who may read a file, and whose it is. */
export interface FileOwner {
  mode: number;
  uid?: number;
  gid?: number;
}

/**
 * Writes a file, one writer at a time, so that whoever reads it sees the old text or the new one, also after a crash: aside, to the disk, and
 * then in its place. Errors: the file system's own; the old file is as it was then.
 */
export async function replaceFile(path: string, text: string, { mode, uid, gid }: FileOwner): Promise<void> {
  // Always of one name: what a crash left of it does not stay for long.
  const draft = join(dirname(path), `.${basename(path)}.registrar`);
  try {
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', 0o600);
    await closing(file, async () => {
      if (uid !== undefined && gid !== undefined) await file.chown(uid, gid);
      await file.chmod(mode);
      await file.writeFile(text);
      await file.sync();
    });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  await closing(folder, () => folder.sync());
}

async function closing(file: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await file.close();
  }
}
