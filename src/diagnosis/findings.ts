import type { Age } from '../gitlab/url-history.js';

/** A deploy token that may be the one in the log, as GitLab tells of it. */
export interface TokenFinding {
  id: number;
  name: string;
  username: string;
  revoked: boolean;
  /** By our own reading of expires_at. */
  expired: boolean;
  scopes: string[];
  age: Age;
  /** A login with the pair that a CI/CD variable holds, tried just now; absent when no variable holds it. */
  login?: { variable: string; accepted: boolean };
}

/**
 * What each probe found out about a log's failure, under the probe's name. Everything is optional: a probe that was
 * not worth making, or did not end in time, left nothing.
 *
 * A probe sees the present, the log is of the past: that something works now does not say that it did then.
 */
export interface Evidence {
  /** Does the registry answer? */
  registry?: { is: 'answers'; ms: number } | { is: 'silent'; why: string };
  /** The project that the failure is about, and whether whoever asks may know of it. */
  project?: { is: 'found'; path: string } | { is: 'not-found'; path: string };
  tokens?: TokenFinding[];
}

export interface Findings extends Evidence {
  instance: string;
  /** What could not be looked at, and why. */
  notLooked: string[];
}
