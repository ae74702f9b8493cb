import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { memoryOf } from './memory.js';

/** How often a process is asked for its peak. The kernel keeps the maximum, so only the last moments can be missed. */
const SAMPLE_MS = 10;
/** Longest run of a program; a catastrophe must not hang the bench. Milliseconds. */
const LONGEST_MS = 180_000;

export interface Run {
  seconds: number;
  /** Resident memory at its highest. MB. */
  peak: number;
  output: string;
}

export const REGISTRAR = fileURLToPath(new URL('./registrar.js', import.meta.url));

/** Runs a program to its end, and measures it from outside. */
export async function timed(program: string, args: readonly string[], codes: readonly number[] = [0]): Promise<Run> {
  const begun = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  let peak = 0;
  const sample = () => {
    peak = Math.max(peak, memoryOf(child.pid ?? 0, 'VmHWM') ?? 0);
  };
  const sampling = setInterval(sample, SAMPLE_MS);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, LONGEST_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const seconds = (performance.now() - begun) / 1000;
    if (late) throw new Error(`${program} ${args.join(' ')} took more than ${LONGEST_MS / 1000} s`);
    if (!codes.includes(code ?? -1)) throw new Error(`${program} ${args[0] ?? ''} ended with ${code}`);
    return { seconds, peak, output: Buffer.concat(output).toString() };
  } finally {
    clearInterval(sampling);
    clearTimeout(limit);
  }
}
