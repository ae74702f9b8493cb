/** A clock a test moves by hand: call it for the time in ms, `advance` runs every timer that came due, in order. */
export interface ManualClock {
  (): number;
  now(): number;
  advance(ms: number): void;
  /** Called while the time moves: once per stop `nextStop` asked for, and once at the end. */
  watch(watcher: ClockWatcher): () => void;
}

export interface ClockWatcher {
  nextStop(): number | undefined;
  arrived(): void;
}

export function createClock(start: number = Date.now()): ManualClock {
  let time = start;
  const watchers = new Set<ClockWatcher>();
  const now = (): number => time;
  const earliest = (): number => Math.min(...[...watchers].map((w) => w.nextStop() ?? Number.POSITIVE_INFINITY));
  return Object.assign(now, {
    now,
    advance(ms: number): void {
      const end = time + ms;
      for (let stop = earliest(); stop <= end; stop = earliest()) {
        time = Math.max(time, stop);
        for (const w of [...watchers]) w.arrived();
      }
      time = end;
      for (const w of [...watchers]) w.arrived();
    },
    watch(watcher: ClockWatcher): () => void {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  });
}

interface Timer {
  at: number;
  run: () => void;
}

/** Timers on the double's clock: real ones by default, those of a `ManualClock` when the test brought one. */
export class Timers {
  readonly now: () => number;
  readonly manual: boolean;
  readonly #timers = new Set<Timer>();
  readonly #real = new Set<NodeJS.Timeout>();
  readonly #unwatch: () => void = () => {};
  #stopped = false;

  constructor(clock?: (() => number) | ManualClock) {
    this.now = clock ?? Date.now;
    this.manual = clock !== undefined;
    if (clock !== undefined && 'watch' in clock) {
      this.#unwatch = clock.watch({ nextStop: () => this.#next()?.at, arrived: () => this.runDue() });
    }
  }

  /** Returns the function that cancels it. */
  after(ms: number, run: () => void): () => void {
    if (this.#stopped) return () => {};
    if (!this.manual) {
      const handle = setTimeout(() => {
        this.#real.delete(handle);
        run();
      }, ms);
      this.#real.add(handle);
      return () => {
        clearTimeout(handle);
        this.#real.delete(handle);
      };
    }
    const timer: Timer = { at: this.now() + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** For a plain `() => number` clock: runs what has come due (a `ManualClock` does it itself). */
  runDue(): void {
    for (let t = this.#next(); t !== undefined && t.at <= this.now(); t = this.#next()) {
      this.#timers.delete(t);
      t.run();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#timers.clear();
    for (const handle of this.#real) clearTimeout(handle);
    this.#real.clear();
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const t of this.#timers) if (first === undefined || t.at < first.at) first = t;
    return first;
  }
}
