import { requireRole } from '../src/access/authorize.js';
import type { Place } from '../src/audit/entry.js';
import { auditAnswer } from '../src/audit/report.js';
import type { Person } from '../src/chat/request.js';
import { EdgeError } from '../src/errors.js';
import { findOwner } from '../src/gitlab/find-owner.js';
import { type OpenInstance, withInstance } from '../src/instance.js';
import { requireReader } from '../src/operations/permit.js';
import type { Handler } from '../src/queue/work.js';
import type { WorkerContext } from './context.js';

/** Entries that are shown. */
const SHOWN = 20;

/** Tells what was attempted last: of what the asker maintains, or of the instances that the asker operates. Reads only. */
export function auditWorker(context: WorkerContext): Handler<'audit'> {
  return async ({ person, subject }, say) => {
    const places = await Promise.all(
      context.config.current().instances.map(({ name }) => readable(name, person, subject, context)),
    );
    const open = places.flatMap((place) => (place instanceof EdgeError ? [] : [place]));
    if (open.length === 0) throw reasonOf(places.flatMap((place) => (place instanceof EdgeError ? [place] : [])));
    // What befell the trail itself is about no instance, and about all.
    const read = subject === undefined ? [...open, { instance: '' }] : open;
    const entries = await context.audit.recent(read, SHOWN);
    await say({ ...auditAnswer(entries, open[0]?.subject), quiet: true });
  };
}

/** What the person may read there, or why nothing. */
async function readable(
  instance: string,
  person: Person,
  path: string | undefined,
  { config, hosts, identities }: WorkerContext,
): Promise<Place | EdgeError> {
  const look = async ({ config: own, gitlab }: OpenInstance): Promise<Place> => {
    const user = await identities.identify(person, own, gitlab);
    if (path === undefined) {
      requireReader(user, own);
      return { instance };
    }
    const { owner } = await findOwner(path, user, gitlab);
    await requireRole('maintainer', owner, user, gitlab);
    return { instance, subject: owner.path };
  };
  try {
    return await withInstance(config, instance, look, hosts);
  } catch (error) {
    if (error instanceof EdgeError) return error;
    throw error;
  }
}

/** What may pass by itself is told first: the answer may be another one then. */
function reasonOf(errors: readonly EdgeError[]): EdgeError | undefined {
  return errors.find(({ retry }) => retry !== 'never') ?? errors[0];
}
