import type { Evidence } from '../findings.js';
import { isSuspected, type Witness } from '../testimony.js';

/** A registry that answers has a working gateway, now: of a failure of the gateway that may be over, only a remark. */
export const registry: Witness<NonNullable<Evidence['registry']>> = (finding, diagnosis) => {
  if (finding.is === 'silent') return [];
  const why = `the registry answers, in ${Math.round(finding.ms)} ms`;
  return isSuspected(diagnosis, 'gateway-error')
    ? [{ cause: 'gateway-error', says: 'remarks', why: `${why}, now` }]
    : [{ cause: 'gateway-error', says: 'excludes', why }];
};
