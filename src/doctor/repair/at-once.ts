import { messageOf } from '../../errors.js';
import { type Finding, isAtOnce } from '../finding.js';
import type { DoctorContext } from '../gather/context.js';
import { carryOut } from './repair.js';

/** Does what needs nobody's word, and says so in the place of the fault. What can't be done stays one. Never rejects. */
export function mendAtOnce(findings: readonly Finding[], context: DoctorContext): Promise<Finding[]> {
  return Promise.all(
    findings.map(async (finding): Promise<Finding> => {
      const { part, what, repair } = finding;
      if (repair === undefined || !isAtOnce(repair)) return finding;
      try {
        return { part, mark: 'pass', what: `${what}: repaired, ${await carryOut(repair, context)}` };
      } catch (error) {
        const { why = '', repair: _, ...rest } = finding;
        return { ...rest, why: `${why}; it could not be repaired: ${messageOf(error)}` };
      }
    }),
  );
}
