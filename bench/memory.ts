import { readFileSync } from 'node:fs';

const PAGE_KB = 1024;

/** Resident memory of a process: now, or the most that it ever had. MB; `undefined` when it is gone. */
export function memoryOf(pid: number, which: 'VmRSS' | 'VmHWM'): number | undefined {
  try {
    const found = new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) / PAGE_KB;
  } catch {
    return undefined;
  }
}
