import type { Facts } from './facts.js';

/** How sure a verdict is. `confirmed` comes from a probe, never from the text of a log alone. */
export type Confidence = 'confirmed' | 'likely' | 'possible' | 'none';

export type Group =
  | 'authentication'
  | 'authorization'
  | 'naming'
  | 'tls'
  | 'network'
  | 'proxy'
  | 'backend'
  | 'client'
  | 'none';

/**
 * Words of a client, a proxy or a registry that point at a cause.
 *
 * `says` is a literal, in any case. `matches` is an RE2 expression (no lookaround, no backreference: nothing can
 * backtrack), and `token` a lower-case literal that every match contains: lines without it are never looked at.
 * Named groups `(?P<name>…)` reach {@link Cause.fit} as `hit.groups`.
 *
 * `own` marks words that nobody but a registry, GitLab's token endpoint or an image client says; without it the
 * line itself, or the command that printed it, must speak of a registry (context.ts), or the hit does not count.
 */
export type Signal = ({ readonly says: string } | { readonly matches: string; readonly token: string }) & {
  readonly own?: true;
};

/** A signal of the cause, found in the log. */
export interface Hit {
  /** 1-based. */
  line: number;
  /** The cleaned line. */
  text: string;
  /** Where in the line the signal begins: a long line is shown around it. */
  at: number;
  /** Index into the cause's signals. */
  signal: number;
  groups: Readonly<Record<string, string>>;
}

/** Does the cause fit what the log tells? `why` is said to the person, so it is a clause without a full stop. */
export type Fit = { is: 'likely' | 'possible' | 'excluded'; why: string; remote?: true };

export const likely = (why: string): Fit => ({ is: 'likely', why });
export const possible = (why: string): Fit => ({ is: 'possible', why });
/** Possible, but behind every other: the words allow it, and nothing else in the log speaks for it. */
export const conceivable = (why: string): Fit => ({ is: 'possible', why, remote: true });
export const excluded = (why: string): Fit => ({ is: 'excluded', why });

export interface Example {
  /** What the whole catalogue must say of it, with this cause first. */
  is: 'likely' | 'possible';
  /** Words that must be in the evidence, so that a right answer for a wrong reason fails. */
  under: readonly string[];
  log: string;
}

/** One way in which using a registry goes wrong. One file each in causes/; the file's name is the id. */
export interface Cause {
  /** kebab-case, the file's name; never changes once released. */
  id: string;
  group: Group;
  /** What went wrong, as a headline: no names, no full stop. */
  title: string;
  /** Two sentences for the person who has the problem, with the log's own names. */
  explain(facts: Facts): string;
  signals: readonly Signal[];
  /**
   * Weighs the context: the same words have several causes. Without it every hit is `likely`.
   * Pure: given the facts at the place of the hit, says whether the cause fits, and why.
   */
  fit?(facts: Facts, hit: Hit): Fit;
  /**
   * What would show that it is this cause and none of its neighbours: one command and what it prints then, or one place
   * to look, with the log's own names. One sentence without a full stop; told where the text can't decide.
   */
  tell?(facts: Facts): string;
  /** What to do, in order; exact commands with the log's own names. */
  fix(facts: Facts): string[];
  /** The source of what the entry claims: documentation or an experiment. */
  references: readonly string[];
  examples: readonly Example[];
  /** Logs that look like this cause and are another's. */
  lookalikes: readonly { instead: string; log: string }[];
}
