import type { Attempt, By } from '../../audit/entry.js';
import type { AuditTrail } from '../../audit/trail.js';
import { EdgeError, messageOf } from '../../errors.js';
import { redact } from '../../secrets/redact.js';
import { type Repair, repairName } from '../finding.js';
import type { DoctorContext } from '../gather/context.js';
import type { Done } from '../report.js';
import { carryOut } from './repair.js';

export interface Recording {
  audit: Pick<AuditTrail, 'granted' | 'record'>;
  by: By;
  /** It is read by whoever may read that instance's trail. */
  instance: string;
  /** Names the request. */
  request: string;
}

/** Does one repair: it is in the audit trail before, and what came of it after. Errors: `audit-failed`. */
export async function repairRecorded(
  repair: Repair,
  { audit, by, instance, request }: Recording,
  context: DoctorContext,
): Promise<Done> {
  const name = repairName(repair);
  const attempt: Attempt = { instance, action: 'repair', by, subject: instance, details: name };
  const once = `${request} ${instance} ${name}`;
  await audit.granted(attempt, once);
  try {
    const text = await carryOut(repair, context);
    await audit.record({ ...attempt, details: text, outcome: 'done', once: `${once} done` });
    return { mark: 'pass', name, text };
  } catch (error) {
    const {
      what,
      why = '',
      next,
    } = error instanceof EdgeError ? error.forPerson : { what: messageOf(error), next: 'registrar doctor, once more' };
    // GitLab quotes what its webhook was answered.
    const { text } = redact(why === '' ? what : `${what}: ${why}`);
    await audit.record({ ...attempt, details: `${name}: ${text}`, outcome: 'failed', once: `${once} failed` });
    return { mark: 'fail', name, text, fix: next };
  }
}
