import type { Evidence } from '../findings.js';
import { isSuspected, type Witness } from '../testimony.js';

/** An image of another project than the job's: worth a word where a right on it was missing. */
export const project: Witness<NonNullable<Evidence['project']>> = (finding, diagnosis) => {
  if (finding.is === 'not-found' || finding.ofImage === undefined) return [];
  const why = `the image belongs to ${finding.ofImage}, the job to ${finding.path}`;
  return isSuspected(diagnosis, 'insufficient-rights', 'job-token-scope')
    ? [{ cause: 'insufficient-rights', says: 'remarks', why }]
    : [];
};
