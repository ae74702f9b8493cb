import type { Result } from './result.js';

/** What a benchmark is given. */
export interface Bench {
  /** A folder of its own, removed afterwards. */
  dir: string;
  /** Stops it at the end, also after a failure or Ctrl-C; the last started first. */
  own<T extends { stop(): Promise<void> }>(started: T): T;
  say(line: string): void;
  /** Size of the generated log. MB. */
  megabytes: number;
  /** How many of them have tokens to be replaced. */
  projects: number;
  /** What GitLab allows in bulk. API calls a minute. */
  perMinute: number;
}

export type Benchmark = (bench: Bench) => Promise<Result[]>;
