import type { CauseId } from './causes/index.js';
import type { Diagnosis } from './diagnosis.js';

/**
 * What a probe's finding says about one cause of a diagnosis. `why` is told to the person: a clause without a full
 * stop, in the present tense, naming what was seen.
 *
 * `confirms` is proof and needs no second witness; `supports` makes a possible cause likely; `excludes` rules it out;
 * `remarks` moves nothing and is told all the same: what works now may have failed then.
 */
export interface Testimony {
  cause: CauseId;
  says: 'confirms' | 'supports' | 'excludes' | 'remarks';
  why: string;
}

/** Reads one probe's finding against the diagnosis that the text gave. Pure. */
export type Witness<F> = (finding: F, diagnosis: Diagnosis) => Testimony[];

/** Is the cause the first or an alternative, so that a finding about it bears on the verdict? Pure. */
export function isSuspected({ cause, alternatives }: Diagnosis, ...ids: readonly CauseId[]): boolean {
  return ids.includes(cause) || alternatives.some((one) => ids.includes(one.cause));
}
