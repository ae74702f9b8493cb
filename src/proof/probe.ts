import type { CauseId } from '../diagnosis/causes/index.js';
import type { Diagnosis } from '../diagnosis/diagnosis.js';
import type { Evidence } from '../diagnosis/findings.js';
import { EdgeError, messageOf } from '../errors.js';
import type { Project } from '../gitlab/schema.js';
import type { UrlHistory } from '../gitlab/url-history.js';
import type { OpenInstance } from '../instance.js';
import type { Handshake } from '../registry/protocol.js';
import type { Who } from './who.js';

/** What every probe is given. It goes only to what the instance's configuration names, whatever the log says. */
export interface Scene {
  diagnosis: Diagnosis;
  instance: OpenInstance;
  /**
   * The project that the failure is about, once, for whoever may look at it.
   * Errors: {@link NotLooked} when the log names none, or when who asks may not know of it.
   */
  project(): Promise<Project>;
  /**
   * The project that the image's path belongs to, once; `undefined` when there is none, or none that whoever asks may
   * know of. What belongs to it is told only to its Developers: see {@link Scene.role}.
   */
  imageProject(): Promise<Project | undefined>;
  /** The role of whoever asks in a project; 0 without one. */
  role(project: Project): Promise<number>;
  /** Whose credentials the log's client used, once. */
  who(): Promise<Who>;
  /** A login at the registry, counted: GitLab may ban an address after ten refused ones in a minute. */
  login(username: string, password: string): Promise<'accepted' | 'refused' | 'not-tried'>;
  /** A login at the registry with Registrar's own credentials, for scopes such as `repository:shop/api:pull`. */
  ownLogin(scopes: string[]): Promise<Handshake>;
  /** Is something of GitLab's older than the registry's URL? */
  history(seen: readonly { id: number }[]): Promise<UrlHistory>;
  /** Milliseconds since the epoch. */
  now: number;
}

/** One question to the outside world. One file each in probes/; its key in the findings is the file's name. */
export interface Probe<K extends keyof Evidence> {
  id: K;
  /** Causes for whose sake it is made; one of them must be suspected. `any`: it helps with all. */
  worthFor: readonly CauseId[] | 'any';
  /**
   * `undefined`: the log gives nothing to ask about, and nobody misses it.
   *
   * Errors: {@link NotLooked} and `EdgeError`s are told as "not looked at"; others too, by their message.
   */
  look(scene: Scene): Promise<NonNullable<Evidence[K]> | undefined>;
}

/** A probe that could not be made, with the reason in words that end the sentence "not looked at: …". */
export class NotLooked extends Error {
  override readonly name = 'NotLooked';
  /** Of the project that is not there for whoever asks. */
  readonly path: string | undefined;

  constructor(why: string, path?: string) {
    super(why);
    this.path = path;
  }
}

/** Why a probe left nothing. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof EdgeError)) return messageOf(error);
  return [error.forPerson.what, error.forPerson.why].filter(Boolean).join(': ');
}
