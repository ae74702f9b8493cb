import type { Challenge } from './challenge.js';

/** Who logs in. Never logged; travels only to the configured GitLab and registry. */
export interface Credentials {
  username: string;
  password: string;
}

/** What a `GET /v2/` came back with. */
export interface Ping {
  status: number;
  /** `registry/2.0` from every implementation of the API; absent when something else answered. */
  apiVersion?: string;
  challenge?: Challenge;
  /** Set by GitLab's own registry only. */
  gitlabVersion?: string;
  /** By the clock of what answered, in whole seconds. Milliseconds since the epoch. */
  date?: number;
  ms: number;
}

/** An entry of the token's `access` claim: what was granted, which may be less than what was asked. */
export interface Granted {
  name: string;
  actions: string[];
}

export type Handshake =
  /** `issuedAt` and `expiresAt` by GitLab's clock, in milliseconds since the epoch. */
  | { is: 'granted'; token: string; access: Granted[]; issuedAt?: number; expiresAt?: number }
  | ({ is: 'refused' } & Refusal);

/** What was answered in place of what was asked for. */
export interface Refusal {
  status: number;
  code?: string;
  /** The answer's own words, as docker prints them. */
  message: string;
  /** What the registry tells beyond that, as JSON: the storage driver's error, for one. */
  detail?: string;
}
