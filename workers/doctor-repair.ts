import { type Attempt, byOf } from '../src/audit/entry.js';
import { type Repair, repairName } from '../src/doctor/finding.js';
import type { DoctorContext } from '../src/doctor/gather/context.js';
import { repairRecorded } from '../src/doctor/repair/recorded.js';
import type { Done } from '../src/doctor/report.js';
import { EdgeError } from '../src/errors.js';
import { withInstance } from '../src/instance.js';
import { requireOperator } from '../src/operations/permit.js';
import type { JobOf } from '../src/queue/jobs.js';
import type { WorkerContext } from './context.js';

type Data = JobOf<'doctor'>;

/**
 * Repairs one after the other what the person may: what belongs to an instance takes one of its `operations.people`,
 * what is Registrar's own takes one of any instance. Each is in the audit trail before it is done. `refusal`: nothing
 * of it was theirs to repair.
 */
export async function repairAll(
  repairs: readonly Repair[],
  data: Data,
  doctor: DoctorContext,
  context: WorkerContext,
): Promise<{ done: Done[]; refusal?: EdgeError }> {
  if (repairs.length === 0) return { done: [] };
  const { operated, refusal } = await operatedBy(data, context);
  const done: Done[] = [];
  let permitted = 0;
  for (const repair of repairs) {
    const instance = 'instance' in repair ? repair.instance : operated[0];
    const name = repairName(repair);
    if (instance === undefined || !operated.includes(instance)) {
      done.push({
        mark: 'skipped',
        name,
        text: `not yours to repair: it takes one of operations.people of ${instance}`,
      });
      continue;
    }
    permitted += 1;
    const by = byOf(data.person, context.config.current());
    const recording = { audit: context.audit, by, instance, request: data.requestId };
    done.push(await repairRecorded(repair, recording, doctor));
  }
  return permitted === 0 && refusal !== undefined ? { done: [], refusal } : { done };
}

/** The instances that the person operates, and why not the others: the refusal is recorded. */
async function operatedBy(
  { person, requestId }: Data,
  { config, identities, audit, hosts }: WorkerContext,
): Promise<{ operated: string[]; refusal?: EdgeError }> {
  const current = config.current();
  const operated: string[] = [];
  let refusal: EdgeError | undefined;
  for (const { name } of current.instances) {
    const attempt: Attempt = {
      ...{ instance: name, action: 'repair', by: byOf(person, current), subject: name },
      details: 'Registrar’s own faults',
    };
    try {
      await audit.deciding(attempt, `${requestId} ${name}`, () =>
        withInstance(
          config,
          name,
          (instance) => requireOperator(person, identities, instance.config, instance.gitlab),
          hosts,
        ),
      );
      operated.push(name);
    } catch (error) {
      // A GitLab that is away says nothing of the others.
      if (!(error instanceof EdgeError)) throw error;
      refusal ??= error;
    }
  }
  return { operated, ...(refusal === undefined ? {} : { refusal }) };
}
