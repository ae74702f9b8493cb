import type { Reference } from '../registry/reference.js';
import type { Aside } from './aside.js';

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

/** GitLab's own words about a token, a member or a project, in the output of a command of the log. */
export interface Answers {
  /** Of the token. */
  scopes?: readonly string[];
  /** What a JWT of the token endpoint allows. */
  granted?: readonly string[];
  /** Of the member: 20 is Reporter, 30 Developer. */
  level?: number;
  /** The container registry of the project is switched off. */
  registryOff?: true;
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
  /** Lines that hand credentials to the client in another way than by a login, or tell that somebody did. */
  handedOver?: readonly string[];
  /** What GitLab's API answered to whoever looked into the failure. */
  answers?: Answers;
  /** Did layers of this push reach the registry before it failed? */
  layersPushed: boolean;
  /** HTTP status in the failing line. */
  status?: number;
  /** The command whose output holds the failure. */
  command?: Command;
  exitCode?: number;
  jobUrl?: string;
  /** When the failing line was printed, if the log has stamps. Milliseconds since the epoch. */
  at?: number;
  /** The whole text of the failing line: for words around a signal. */
  failure: string;
  /** Cleaned lines of the failing step around the hit, for context that is not on the same line. */
  near: readonly string[];
  /** What the log says elsewhere, in prose or as the output of a look at the reason. */
  aside?: Aside;
  /** Is the log long enough to show whether a login happened (a job from its beginning)? */
  fromTheStart: boolean;
}

/** Of a log that tells nothing: for explanations without one. */
export const NO_FACTS: Facts = { failure: '', logins: [], layersPushed: false, near: [], fromTheStart: false };
