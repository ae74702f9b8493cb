import { createHash } from 'node:crypto';
import { EdgeError, messageOf } from '../src/errors.js';
import { type OpenInstance, withInstance } from '../src/instance.js';
import type { JobOf } from '../src/queue/jobs.js';
import { recallUrls } from '../src/queue/memory.js';
import { type Handler, Postponed } from '../src/queue/work.js';
import { bulkProgressAnswer } from '../src/rotation/bulk/answers.js';
import type { Result } from '../src/rotation/bulk/bulk.js';
import { BulkStore } from '../src/rotation/bulk/store.js';
import { planRotation } from '../src/rotation/gather/gather.js';
import { type Journal, RotationStore } from '../src/rotation/journal.js';
import { outsideConsumers } from '../src/rotation/outside/index.js';
import type { RotationPlan } from '../src/rotation/plan/plan.js';
import { baseName } from '../src/rotation/plan/token.js';
import { runRotation } from '../src/rotation/saga.js';
import { mayComeBack, reasonOf } from '../src/rotation/step.js';
import { TOKENS } from '../src/rotation/tokens.js';
import type { WorkerContext } from './context.js';
import { sagaContext } from './rotation-saga.js';

type Data = JobOf<'bulk-token'>;

/** A bulk that is paused is asked again, besides being told when it goes on. Milliseconds. */
const PAUSED_MS = 60_000;
/** Another rotation is at the same project or group, for seconds. Milliseconds. */
const MEANWHILE_MS = 2_000;

/** Has this token's rotation begun, and not ended? */
export async function isTokenHalfDone(data: Data, redis: WorkerContext['redis']): Promise<boolean> {
  const journal = await new RotationStore(redis).journal(planIdOf(data));
  return journal?.createIntent !== undefined && journal.end === undefined;
}

/** Replaces one token of many: a rotation like any other, whose answer is the bulk's. */
export function bulkTokenWorker(context: WorkerContext): Handler<'bulk-token'> {
  const bulks = new BulkStore(context.redis);
  const rotations = new RotationStore(context.redis);
  return async (data) => {
    const begun = await isTokenHalfDone(data, context.redis);
    const { state, hurriedBy } = await bulks.pulse(data.bulkId);
    if (!begun && state === 'paused') throw new Postponed(PAUSED_MS);
    let became: Result | { is: 'later'; ms: number };
    if (!begun && state !== 'running') became = { is: 'skipped', why: 'the rest was cancelled' };
    else became = await turn(data, hurriedBy, rotations, context);
    const result: Result = became.is === 'later' ? { is: 'waiting' } : became;
    await bulks.note(data.bulkId, data.index, result);
    await tell(data, bulks, context);
    if (became.is === 'later') throw new Postponed(became.ms);
  };
}

/** What fails for good is the token's own result: the others go on. Errors: those that time mends. */
async function turn(
  data: Data,
  hurriedBy: string | undefined,
  store: RotationStore,
  context: WorkerContext,
): Promise<Result | { is: 'later'; ms: number }> {
  try {
    return await withInstance(
      context.config,
      data.instance,
      (instance) => rotateOne(data, hurriedBy, store, instance, context),
      context.hosts,
    );
  } catch (error) {
    if (error instanceof Postponed || mayComeBack(error)) throw error;
    if (!(error instanceof EdgeError))
      context.log.error({ bulk: data.bulkId, index: data.index, error: messageOf(error) }, 'a fault of Registrar');
    return { is: 'failed', ...reasonOf(error) };
  }
}

async function rotateOne(
  data: Data,
  hurriedBy: string | undefined,
  store: RotationStore,
  instance: OpenInstance,
  context: WorkerContext,
): Promise<Result | { is: 'later'; ms: number }> {
  const known = await store.journal(planIdOf(data));
  const plan = known?.plan ?? (await planOf(data, instance, context));
  if (plan === undefined) return { is: 'skipped', why: 'it is gone: somebody else removed or replaced it' };
  if ((await store.lock(plan, data.requestId)) !== 'mine') throw new Postponed(MEANWHILE_MS);
  let journal: Journal | undefined;
  try {
    if (!(await store.hold(plan)))
      return { is: 'failed', why: 'another rotation of this token is under way', next: 'wait for its answer' };
    if (known === undefined) {
      await store.savePlan(plan);
      await store.begin(plan);
    }
    journal = await store.journal(plan.id);
    if (journal === undefined) throw new Error('a rotation has no journal');
    if (hurriedBy !== undefined) journal.decided ??= { what: 'revoke', by: hurriedBy };
    const saga = sagaContext(plan, instance, context, {
      save: (state) => store.save(state),
      progress: async () => {},
      alone: async () => {},
    });
    const went = await runRotation(journal, saga);
    if (went.is === 'waiting') return { is: 'later', ms: went.lookAgainMs };
    return resultOf(journal);
  } finally {
    if (journal?.createIntent === undefined || journal.end !== undefined) await store.release(plan);
    await store.unlock(plan);
  }
}

/** Planned when its turn comes, not before: what the token's variables are by then is what counts. */
async function planOf(
  data: Data,
  instance: OpenInstance,
  { redis, seal, now, config }: WorkerContext,
): Promise<RotationPlan | undefined> {
  const { token, owner, parentId } = data.target;
  const present = await TOKENS[token.kind].list(instance.gitlab, owner);
  const old = present.find(({ id }) => id === token.id);
  if (old === undefined) return undefined;
  const history = await recallUrls(redis, instance.config.name);
  const outside = outsideConsumers(instance.config, owner.path, baseName(old.name), config.secret);
  const found = { owner, ...(parentId === undefined ? {} : { parentId }) };
  const wanted = { id: planIdOf(data), asker: data.person, found, old, reveal: false };
  const names = outside.map(({ name }) => name);
  return planRotation(wanted, instance, names, history, seal, now());
}

function resultOf({ end, created }: Journal): Result {
  if (end?.is === 'done' && created !== undefined) return { is: 'done', fresh: created.id };
  if (end?.is !== 'failed') throw new Error('a rotation has ended without an end');
  return { is: 'failed', why: [end.why, ...end.left].join('; '), next: end.next };
}

/** The same for every try, and like the ids of other rotations. */
function planIdOf({ bulkId, index }: Pick<Data, 'bulkId' | 'index'>): string {
  return createHash('sha256').update(`${bulkId} ${index}`).digest('hex').slice(0, 32);
}

async function tell(data: Data, bulks: BulkStore, { replies }: WorkerContext): Promise<void> {
  if (!(await bulks.mayTell(data.bulkId))) return;
  const stored = await bulks.find(data.bulkId);
  if (stored?.state !== 'running' && stored?.state !== 'paused') return;
  const results = await bulks.results(data.bulkId);
  await replies.to(data.replyTo, data.message)(bulkProgressAnswer(stored.bulk, results, stored.state));
}
