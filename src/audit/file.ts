import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a file of lines holds from some byte on. */
export interface Held {
  /** Whole ones, without the line break; empty where one is no UTF-8. */
  lines: string[];
  /** What stands behind the last line break. */
  rest: Buffer;
  /** Bytes of the whole file; 0 when there is none. */
  size: number;
}

/** Errors: the file system's own, but not when the file is missing. */
export async function readLines(path: string, from = 0): Promise<Held> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return { lines: [], rest: Buffer.alloc(0), size: 0 };
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.max(0, size - from));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    return { ...splitLines(bytes.subarray(0, bytesRead)), size };
  } finally {
    await handle.close();
  }
}

export function splitLines(bytes: Buffer): { lines: string[]; rest: Buffer } {
  const lines: string[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, begin)) {
    const line = bytes.subarray(begin, end);
    lines.push(isUtf8(line) ? line.toString('utf8') : '');
    begin = end + 1;
  }
  return { lines, rest: bytes.subarray(begin) };
}

/**
 * Writes lines from byte `at` on, where the last whole line of the file ends, and waits until the disk has them. `rest`:
 * what stands there; it is cut off when it is not the beginning of them.
 *
 * By place, and not by O_APPEND: several workers of one folder write the same lines to the same place, at once too, and
 * none of them has to wait for one that was killed with a lock.
 */
export async function writeLines(path: string, lines: readonly string[], at: number, rest: Buffer): Promise<void> {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const isBegun = bytes.subarray(0, rest.length).equals(rest);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    if (!isBegun) await handle.truncate(at);
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
