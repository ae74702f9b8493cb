import type { WebAnswer } from '../gitlab/web.js';
import type { OnHost } from '../host/seen.js';
import type { HostSnapshot } from '../host/snapshot.js';
import type { Linted } from '../lint/lint.js';
import type { CanaryOutcome } from '../registry/canary.js';
import type { Handshake, Ping, Refusal } from '../registry/protocol.js';
import type { Reach } from '../registry/reach.js';

/** What a check found. `fix` is a command or a setting. */
export type Verdict =
  | { is: 'pass'; because: string }
  | {
      is: 'warn' | 'fail';
      because: string;
      fix: string;
      /** The link at fault, where it is not the one that was asked. */
      blames?: Link;
      /** How far it has come: whoever knows of the trouble is told again when the number grows. */
      stage?: number;
    }
  | { is: 'skipped'; because: string };

type More = { blames?: Link; stage?: number };

export const pass = (because: string): Verdict => ({ is: 'pass', because });
export const warn = (because: string, fix: string, more: More = {}): Verdict => ({ is: 'warn', because, fix, ...more });
export const fail = (because: string, fix: string, more: More = {}): Verdict => ({ is: 'fail', because, fix, ...more });
export const skipped = (because: string): Verdict => ({ is: 'skipped', because });

/** The chain that a request runs through; each check belongs to one link or, as settings do, to none. */
export const LINKS = ['DNS', 'TLS', 'nginx', 'registry', 'token realm', 'storage'] as const;
export type Link = (typeof LINKS)[number];

/** Everything that checks may ask for. The runner gathers each once; one that can't be had is told as skipped. */
export interface StatusFacts {
  target: { gitlabUrl: string; registryUrl: string };
  /** Name, connection and TLS of the registry's address, as seen by Registrar. */
  reach: Reach;
  /** The same of GitLab's address, where clients get their tokens. */
  realmReach: Reach;
  /** Protocols that the registry's address still speaks and nobody should. */
  oldTls: string[];
  /** GitLab's sign-in page. */
  web: WebAnswer;
  ping: Ping;
  /** A token asked for without scope, with Registrar's own access token. */
  handshake: Handshake;
  /** How far GitLab's clock is ahead of Registrar's, by that token. Seconds. */
  gitlabAhead: number;
  /** `/v2/` with that token. */
  accepted: Ping;
  /** What Registrar may do in a repository: asked of GitLab, which leaves out silently what is not allowed. */
  granted: { repository: string; actions: string[] };
  /** An upload opened in that repository, and cancelled. */
  upload: { repository: string; outcome: UploadOutcome };
  /** A tiny image pushed, pulled and deleted again. */
  image: { repository: string; outcome: CanaryOutcome };
  /** Of several hosts the registry's. */
  host: HostSnapshot;
  /** The hosts besides, each with what was seen of it. */
  others: OtherHost[];
  /** Certificates and keys of the host, read and compared where they are known. */
  certificates: { served?: OnHost<CertificateFacts>; signing?: OnHost<CertificateFacts> };
  /** Free space of earlier looks, the oldest first; empty where nobody watches. */
  freeSpace: { at: number; bytes: number }[];
  /** gitlab.rb and the generated files of the host. */
  lint: Linted;
  gitlab: {
    version: string;
    tokenScopes: string[];
    tokenExpiresAt?: string;
    /** How long the registry's tokens live; told to administrators alone. */
    tokenMinutes?: number;
    /** Of the canary project's images, as GitLab tells its users: host, port and path. */
    imagePrefix?: string;
  };
  /** Milliseconds since the epoch, when the facts were gathered. */
  now: number;
}
export type Need = keyof StatusFacts;

export type UploadOutcome = { is: 'accepted'; location: string; left?: string } | ({ is: 'refused' } & Refusal);

/** What is read from a certificate's file. */
export interface CertificateFacts {
  subject: string;
  names: string[];
  /** Milliseconds since the epoch. */
  validTo: number;
  /** SHA-256 of the certificate, as OpenSSL prints it. */
  fingerprint: string;
  /** Does the key beside it belong to it? Absent: the key could not be read. */
  keyMatches?: boolean;
  /** Why not. */
  key?: 'missing' | 'unreadable';
}

export interface OtherHost {
  address: string;
  /** None: whatever GitLab needs. */
  roles: readonly string[];
  host: Fact<HostSnapshot>;
}

/** A fact, or why it is not there. */
export type Fact<T> =
  | { is: 'known'; value: T }
  | { is: 'missing'; why: string /** What to do about it. */; next?: string };
export type Facts = { [N in Need]: Fact<StatusFacts[N]> };

/** One question about a registry's health. One file each; the file's name is the id. */
export interface Check<N extends Need = Need> {
  id: string;
  /** The question that a passed check answers with yes. */
  asks: string;
  link?: Link;
  /** Checks that can't but fail when this one does: their failures are told as its consequences. */
  explains?: readonly string[];
  /** `judge` gets these and no others, by type. */
  needs: readonly N[];
  /**
   * Some facts are themselves the answer when they can't be had: a refused connection is what the endpoint check is
   * about. Without it, a missing fact makes the check `skipped`.
   */
  missing?(need: N, why: string, next: string | undefined): Verdict;
  judge(facts: Pick<StatusFacts, N>): Verdict;
  examples: readonly { given: Partial<StatusFacts>; is: Verdict['is']; under: string }[];
}

export interface CheckResult {
  id: string;
  link?: Link;
  verdict: Verdict;
  /** The failed check that this failure follows from. */
  because?: string;
}
