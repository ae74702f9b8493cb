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

/** What probes found out about a log's failure. Everything is optional: partial results are used. */
export interface Findings {
  instance: string;
  /** Does the registry answer? */
  registry?: { is: 'answers'; ms: number } | { is: 'silent'; why: string };
  project?: { is: 'found'; path: string } | { is: 'not-found'; path: string };
  tokens?: TokenFinding[];
  /** What could not be looked at, and why. */
  notLooked: string[];
}
