import { type Attempt, byOf } from '../src/audit/entry.js';
import { type Repair, repairName } from '../src/doctor/finding.js';
import type { DoctorContext } from '../src/doctor/gather/context.js';
import { carryOut } from '../src/doctor/repair/repair.js';
import type { Done } from '../src/doctor/report.js';
import { EdgeError, messageOf } from '../src/errors.js';
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
    done.push(await repairOne(repair, instance, data, doctor, context));
  }
  return permitted === 0 && refusal !== undefined ? { done: [], refusal } : { done };
}

async function repairOne(
  repair: Repair,
  instance: string,
  { person, requestId }: Data,
  doctor: DoctorContext,
  { audit, config }: WorkerContext,
): Promise<Done> {
  const name = repairName(repair);
  const by = byOf(person, config.current());
  const attempt: Attempt = { instance, action: 'repair', by, subject: instance, details: name };
  const once = `${requestId} ${instance} ${name}`;
  await audit.granted(attempt, once);
  try {
    const text = await carryOut(repair, doctor);
    await audit.record({ ...attempt, details: text, outcome: 'done', once: `${once} done` });
    return { mark: 'pass', name, text };
  } catch (error) {
    const { what, why, next } =
      error instanceof EdgeError ? error.forPerson : { what: messageOf(error), why: undefined, next: 'look again' };
    const text = why === undefined || why === '' ? what : `${what}: ${why}`;
    await audit.record({ ...attempt, details: `${name}: ${text}`, outcome: 'failed', once: `${once} failed` });
    return { mark: 'fail', name, text, fix: next };
  }
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
