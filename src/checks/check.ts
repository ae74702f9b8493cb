import type { HostSnapshot } from '../host/snapshot.js';
import type { Linted } from '../lint/lint.js';
import type { Handshake, Ping } from '../registry/protocol.js';
import type { TlsFacts } from '../registry/tls.js';

/** What a check found. `fix` is a command or a setting. */
export type Verdict =
  | { is: 'pass'; because: string }
  /** `blames`: the link at fault, where it is not the one that was asked. */
  | { is: 'warn' | 'fail'; because: string; fix: string; blames?: Link }
  | { is: 'skipped'; because: string };

export const pass = (because: string): Verdict => ({ is: 'pass', because });
export const warn = (because: string, fix: string): Verdict => ({ is: 'warn', because, fix });
export const fail = (because: string, fix: string, blames?: Link): Verdict => ({
  is: 'fail',
  because,
  fix,
  ...(blames === undefined ? {} : { blames }),
});
export const skipped = (because: string): Verdict => ({ is: 'skipped', because });

/** The chain that a request runs through; each check belongs to one link or, as settings do, to none. */
export const LINKS = ['DNS', 'TLS', 'nginx', 'registry', 'token realm', 'storage'] as const;
export type Link = (typeof LINKS)[number];

/** Everything that checks may ask for. The runner gathers each once; one that can't be had is told as skipped. */
export interface StatusFacts {
  target: { gitlabUrl: string; registryUrl: string };
  /** Addresses that the registry's name has, as seen by Registrar. */
  addresses: string[];
  tls: TlsFacts;
  ping: Ping;
  /** A token asked for without scope, with Registrar's own access token. */
  handshake: Handshake;
  /** Of several hosts the registry's. */
  host: HostSnapshot;
  /** The hosts besides, each with what was seen of it. */
  others: OtherHost[];
  /** gitlab.rb and the generated files of the host. */
  lint: Linted;
  gitlab: { version: string; tokenScopes: string[]; tokenExpiresAt?: string };
  /** Milliseconds since the epoch, when the facts were gathered. */
  now: number;
}
export type Need = keyof StatusFacts;

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
}
