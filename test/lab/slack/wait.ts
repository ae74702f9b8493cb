/** Tells waiters that something in the double changed: no polling. */
export class Changes {
  readonly #waiters = new Set<() => void>();

  emit(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  /** Resolves with the first value of `probe` that is neither undefined, null nor false. */
  waitFor<T>(
    probe: () => T | undefined | null | false,
    options: { timeoutMs?: number; what?: string } = {},
  ): Promise<T> {
    const { timeoutMs = 10_000, what = String(probe) } = options;
    return new Promise<T>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        this.#waiters.delete(check);
        if (timer !== undefined) clearTimeout(timer);
      };
      const check = (): void => {
        try {
          const value = probe();
          if (value === undefined || value === null || value === false) return;
          done();
          resolve(value);
        } catch (error) {
          done();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      timer = setTimeout(() => {
        done();
        reject(new Error(`the double waited ${timeoutMs} ms in vain for: ${what}`));
      }, timeoutMs);
      this.#waiters.add(check);
      check();
    });
  }
}
