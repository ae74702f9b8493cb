import type { Challenge } from './challenge.js';

/** Who logs in. Never logged; travels only to the configured GitLab and registry. */
export interface Credentials {
  username: string;
  password: string;
}

/** What a `GET /v2/` without credentials came back with. */
export interface Ping {
  status: number;
  /** `registry/2.0` from every implementation of the API; absent when something else answered. */
  apiVersion?: string;
  challenge?: Challenge;
  /** Set by GitLab's own registry only. */
  gitlabVersion?: string;
  ms: number;
}

/** An entry of the token's `access` claim: what was granted, which may be less than what was asked. */
export interface Granted {
  name: string;
  actions: string[];
}

export type Handshake =
  | { is: 'granted'; token: string; access: Granted[]; expiresAt?: number }
  /** The token endpoint refused; `message` are its own words, as docker prints them. */
  | { is: 'refused'; status: number; code?: string; message: string };
