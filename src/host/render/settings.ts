import type { RbValue, Setting } from '../gitlab-rb.js';

export type RbHash = { [key: string]: RbValue };

/** Stands in a rendered file for what only Ruby could know. A private character: no setting holds it. */
export const UNKNOWN = '\uE000';

/** Where a rendered value comes from: a setting with its line of gitlab.rb, or a rule of the package. */
export interface Origin {
  setting: string;
  /** Line of gitlab.rb; absent for a default. */
  line?: number;
}

export const DEFAULT: Origin = { setting: 'the package’s default' };
export const FIXED: Origin = { setting: 'the package’s template, which no setting changes' };

/** A setting's value with its origin; `value` is `undefined` where gitlab.rb does not set it. */
export interface Found {
  value: RbValue | undefined;
  origin: Origin;
}

/** Takes a computed setting for one that has an unknown value, or for one that is not set. */
export type Assume = (path: readonly string[]) => RbValue | undefined;

/** The settings of gitlab.rb as one tree, later lines over earlier ones. */
export class SettingsTree {
  readonly #root = empty();
  readonly #settings: readonly Setting[];

  constructor(settings: readonly Setting[], assume: Assume = () => UNKNOWN) {
    this.#settings = settings;
    for (const { path, value } of settings) {
      const known = value === undefined ? assume(path) : value;
      if (known !== undefined) this.#set(path, known);
    }
  }

  get(...path: string[]): RbValue | undefined {
    let at: RbValue | undefined = this.#root;
    for (const key of path) at = isHash(at) && Object.hasOwn(at, key) ? at[key] : at === UNKNOWN ? UNKNOWN : undefined;
    return at;
  }

  find(...path: string[]): Found {
    return { value: this.get(...path), origin: this.origin(...path) };
  }

  hash(...path: string[]): RbHash {
    const value = this.get(...path);
    return isHash(value) ? value : {};
  }

  /** Text of a setting; numbers and booleans count as text, nil as not set. */
  text(...path: string[]): string | undefined {
    return asText(this.get(...path));
  }

  /** False and nil are false, everything else is true, as in Ruby. */
  truth(fallback: boolean, ...path: string[]): boolean {
    return truth(this.get(...path), fallback);
  }

  /** The last assignment to the path, to what holds it, or to a part of it. */
  origin(...path: string[]): Origin {
    const last = this.#settings.findLast((one) => path.every((key, i) => i >= one.path.length || key === one.path[i]));
    return last === undefined ? DEFAULT : { setting: spelled(last.path.slice(0, path.length)), line: last.line };
  }

  #set(path: readonly string[], value: RbValue): void {
    let at = this.#root;
    path.forEach((key, index) => {
      if (index === path.length - 1) {
        at[key] = isHash(value) ? Object.assign(empty(), value) : value;
        return;
      }
      const next = at[key];
      const below: RbHash = isHash(next) ? next : empty();
      at[key] = below;
      at = below;
    });
  }
}

/** `['registry', 'nginx', 'enable']` as it is written in gitlab.rb: `registry['nginx']['enable']`. */
export function spelled([first = '', ...rest]: readonly string[]): string {
  return `${first}${rest.map((key) => `['${key}']`).join('')}`;
}

export function isHash(value: unknown): value is RbHash {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asText(value: RbValue | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

/** A setting that is not set, or nil, has its default. */
export function truth(value: RbValue | undefined, fallback: boolean): boolean {
  return value === undefined || value === null ? fallback : value !== false;
}

/** Is `version` ("18.11", "18.11.2-ee.0") at least `wanted` ("18.5")? */
export function atLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map((part) => Number.parseInt(part, 10));
  return major !== wantedMajor ? major > wantedMajor : minor >= wantedMinor;
}

/** Without a prototype: a key named `__proto__` stays a key. */
function empty(): RbHash {
  return Object.create(null) as RbHash;
}
