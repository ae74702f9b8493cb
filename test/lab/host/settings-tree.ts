/** A value of gitlab.rb, as its reader gives it. */
export type RbValue = string | number | boolean | null | RbValue[] | { [key: string]: RbValue };

/** One assignment of gitlab.rb; `undefined` stands for a value that the file computes. */
export type Setting = { path: string[]; value: RbValue | undefined; line: number };

export type RbHash = { [key: string]: RbValue };

export const isHash = (value: unknown): value is RbHash =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stops a reconfigure; its message is what the package prints. */
export class ReconfigureError extends Error {
  override readonly name = 'ReconfigureError';
}

/** The settings as one tree, later lines over earlier ones. */
export class SettingsTree {
  readonly #root: RbHash = {};

  constructor(settings: readonly Setting[]) {
    for (const { path, value, line } of settings) {
      if (value === undefined) {
        throw new ReconfigureError(`line ${line}: ${path.join('.')} is computed, which the lab does not do`);
      }
      this.#set(path, value);
    }
  }

  get(...path: string[]): RbValue | undefined {
    let at: RbValue | undefined = this.#root;
    for (const key of path) at = isHash(at) ? at[key] : undefined;
    return at;
  }

  hash(...path: string[]): RbHash {
    const value = this.get(...path);
    return isHash(value) ? value : {};
  }

  /** Text of a setting; numbers count as text, nil as not set. */
  text(...path: string[]): string | undefined {
    return asText(this.get(...path));
  }

  /** False and nil are false, everything else is true, as in Ruby. */
  truth(fallback: boolean, ...path: string[]): boolean {
    const value = this.get(...path);
    return value === undefined ? fallback : value !== null && value !== false;
  }

  #set(path: readonly string[], value: RbValue): void {
    let at = this.#root;
    path.forEach((key, index) => {
      if (index === path.length - 1) {
        at[key] = isHash(value) ? { ...value } : value;
        return;
      }
      const next = at[key];
      const below: RbHash = isHash(next) ? next : {};
      at[key] = below;
      at = below;
    });
  }
}

export const asText = (value: RbValue | undefined): string | undefined =>
  value === undefined || value === null || typeof value === 'object' ? undefined : String(value);

/** Is `version` ("18.11", "18.11.0", "18.11.2-ee.0") at least `wanted` ("18.5")? */
export const atLeast = (version: string, wanted: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map((part) => Number.parseInt(part, 10));
  return major !== wantedMajor ? major > wantedMajor : minor >= wantedMinor;
};
