import type { Diagnosis } from './diagnosis.js';
import { LACKS_RIGHT, type Refusal, refusalOf } from './refusal.js';
import { findSignal } from './signals.js';

/** Longer lines are looked at by their beginning only. Characters. */
const LIMIT = 4_000;

/** What was refused, in words that are read again against what a probe saw. */
export interface Denied extends Partial<Refusal> {
  /** The words that every missing right is told in: GitLab granted nothing on this name, and did not say why. */
  silently: boolean;
  /** GitLab's token endpoint refused the credentials altogether: they have no ability on the registry. */
  altogether: boolean;
  /** The token endpoint answered 403, and the client kept the reason to itself. */
  unexplained: boolean;
}

/**
 * Source: gitlab-facts: a right that is missing is left out of the token, and the registry refuses in its own words;
 * /jwt/auth answers 403 "access forbidden" to credentials without any registry ability. Pure.
 */
export function deniedIn({ facts }: Diagnosis): Denied {
  if (facts === undefined) return { silently: false, altogether: false, unexplained: false };
  const failure = facts.failure.slice(0, LIMIT);
  return {
    ...refusalOf(facts),
    silently: findSignal(LACKS_RIGHT, failure) !== undefined,
    altogether: /access forbidden/i.test(failure),
    unexplained: /status code from registry 403|\/jwt\/auth\S*:? [^{]{0,200}\b403\b/i.test(failure),
  };
}
