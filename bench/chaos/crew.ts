import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../test/lab/host/project.js';
import type { Random } from './random.js';

/** What a worker tells: it serves, with those jobs under way. */
export interface FromWorker {
  jobs: readonly string[];
}

/** What it is told: how far its clock is ahead. Milliseconds. */
export interface ToWorker {
  aheadMs: number;
}

interface Member {
  child: ChildProcess;
  /** Undefined until it serves. */
  jobs: readonly string[] | undefined;
}

/** Nobody waits longer for an answer of GitLab than eight seconds: until then they must be dead. Milliseconds. */
const GATHER_MS = 4_000;
const GLANCE_MS = 100;

export interface CrewOptions {
  size: number;
  configPath: string;
  redisUrl: string;
  /** Where all that the workers print goes. */
  log: string;
  /** Told of the jobs that a dead worker had. */
  onDeath(jobs: readonly string[]): Promise<void>;
}

/** Worker processes; whoever is killed is replaced. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #members = new Set<Member>();
  #waiting: (() => void)[] = [];
  #massacre: Promise<void> | undefined;
  #sought = 0;
  #aheadMs = 0;
  /** Processes that were killed, and the jobs that they had under way. */
  killed = 0;
  hit = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
    for (let count = 0; count < options.size; count++) this.#start();
  }

  /** Kills a worker that has a job under way, when there is one. */
  async killOne(random: Random): Promise<void> {
    for (;;) {
      const busy = [...this.#members].filter(({ jobs = [] }) => jobs.length > 0);
      if (busy.length > 0) return this.#kill(random.one(busy));
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Kills all of them, when for each of their jobs somebody has asked for it, or soon. */
  killAll(): Promise<void> {
    this.#sought += 1;
    this.#massacre ??= this.#gathered().then(async () => {
      this.#massacre = undefined;
      this.#sought = 0;
      await Promise.all([...this.#members].map((member) => this.#kill(member)));
    });
    return this.#massacre;
  }

  async #gathered(): Promise<void> {
    for (let waited = 0; waited < GATHER_MS; waited += GLANCE_MS) {
      await new Promise((resolve) => setTimeout(resolve, GLANCE_MS));
      const jobs = [...this.#members].reduce((sum, member) => sum + (member.jobs?.length ?? 0), 0);
      if (this.#sought >= jobs) return;
    }
  }

  /** Sets the clock of all of them, and of those to come. */
  setClock(aheadMs: number): void {
    this.#aheadMs = aheadMs;
    for (const { child } of this.#members) if (child.connected) child.send({ aheadMs } satisfies ToWorker);
  }

  async stop(): Promise<void> {
    const all = [...this.#members];
    this.#members.clear();
    await Promise.all(all.map(({ child }) => ended(child, 'SIGKILL')));
  }

  async #kill(member: Member): Promise<void> {
    if (!this.#members.delete(member)) return;
    const { child, jobs = [] } = member;
    this.killed += 1;
    this.hit += jobs.length;
    await ended(child, 'SIGKILL');
    this.#start();
    await this.#options.onDeath(jobs);
  }

  #start(): void {
    const { configPath, redisUrl, log } = this.#options;
    const output = openSync(log, 'a');
    const child = fork(join(projectRoot, 'dist/bench/chaos/worker.js'), [configPath, redisUrl], {
      stdio: ['ignore', output, output, 'ipc'],
      // A test's own flags are not for it.
      execArgv: [],
    });
    closeSync(output);
    const member: Member = { child, jobs: undefined };
    this.#members.add(member);
    child.send({ aheadMs: this.#aheadMs } satisfies ToWorker);
    child.on('error', () => {});
    child.on('message', (message) => {
      member.jobs = (message as FromWorker).jobs;
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    child.once('exit', () => {
      if (!this.#members.delete(member)) return;
      // Nobody killed it: it fell by itself, and the log says why.
      this.fallen += 1;
      this.#start();
    });
  }

  /** Workers that ended by themselves. */
  fallen = 0;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
