import { EdgeError, messageOf } from '../../errors.js';
import { within } from '../../within.js';
import { type Finding, fault } from '../finding.js';

/** A part that has not told by then is told as that. Milliseconds. */
const DEADLINE_MS = 25_000;

/**
 * Looks at one part. Whatever stands in the way of it is a finding of its own: no part hides another. `next` is what to
 * do where the error does not know. Never rejects.
 */
export async function lookAtPart(
  part: string,
  next: string,
  work: () => Promise<Finding[]>,
  ms = DEADLINE_MS,
): Promise<Finding[]> {
  try {
    return await within(ms, `it did not answer within ${ms / 1000} s`, work());
  } catch (error) {
    if (!(error instanceof EdgeError))
      return [fault('fail', part, { what: 'it can’t be looked at', why: messageOf(error), fix: next })];
    const { what, why = '', next: fix } = error.forPerson;
    return [fault('fail', part, { what, why, fix })];
  }
}
