import type { Reference } from '../registry/reference.js';

export type Operation =
  | 'login'
  | 'push'
  | 'pull'
  | 'build'
  | 'manifest'
  | 'cache-export'
  | 'copy'
  | 'delete'
  | 'list'
  | 'inspect';

export interface Command {
  line: number;
  /** As echoed by the CI system, without its prompt. */
  text: string;
}

/** What the log tells about the moment of the failure. Everything is optional: logs are cut and pasted. */
export interface Facts {
  operation?: Operation;
  client?: { name: string; version?: string };
  /** Host and port the failing request went to. */
  registry?: string;
  scheme?: 'http' | 'https';
  /** The image that the failing operation named. */
  image?: Reference;
  /** The same as written, also when it is no valid reference. */
  imageText?: string;
  /** GROUP/PROJECT of the job, from /builds/GROUP/PROJECT or the repository that was fetched. */
  project?: string;
  /** Every login before the failure. */
  logins: { line: number; host?: string; user?: string; succeeded?: boolean }[];
  /** Did layers of this push reach the registry before it failed? */
  layersPushed: boolean;
  /** HTTP status in the failing line. */
  status?: number;
  /** The command whose output holds the failure. */
  command?: Command;
  exitCode?: number;
  jobUrl?: string;
  /** The whole text of the failing line: for words around a signal. */
  failure: string;
  /** Cleaned lines of the failing step around the hit, for context that is not on the same line. */
  near: readonly string[];
  /** Is the log long enough to show whether a login happened (a job from its beginning)? */
  fromTheStart: boolean;
}

/** Of a log that tells nothing: for explanations without one. */
export const NO_FACTS: Facts = { failure: '', logins: [], layersPushed: false, near: [], fromTheStart: false };
